import presetMantine from 'postcss-preset-mantine'
import { defineConfig } from 'vite'

export default defineConfig({
  base: '/portal/',
  resolve: { conditions: ['diorama-source', 'module', 'browser', 'development|production'] },
  // The gateway puts a nonce of its own in this place each time it sends the page.
  html: { cspNonce: 'diorama-nonce' },
  css: { postcss: { plugins: [presetMantine()] } },
  build: {
    target: 'es2022',
    // The player's build empties the folder above, so it goes first: see `scripts.build`.
    outDir: '../../../src/diorama/gateway/static/portal',
    emptyOutDir: true,
    // The page's content security policy takes scripts, styles and pictures from files alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      // "use client" means something to servers that draw pages; there is none here.
      onLog: (level, log, handle) => {
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log)
      },
    },
  },
})
