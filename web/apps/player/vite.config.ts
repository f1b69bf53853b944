import { defineConfig } from 'vite'

export default defineConfig({
  base: '/',
  resolve: { conditions: ['diorama-source', 'module', 'browser', 'development|production'] },
  build: {
    target: 'es2022',
    outDir: '../../../src/diorama/gateway/static',
    emptyOutDir: true,
    // The page's content security policy takes scripts, styles and pictures from files alone.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: 'index.html',
        play: 'play.html',
        watch: 'watch.html',
        embed: 'src/embed/parent.ts',
      },
      // Pages of other people load /embed.js by that name, and use what it exports.
      preserveEntrySignatures: 'allow-extension',
      output: {
        entryFileNames: ({ name }) => (name === 'embed' ? 'embed.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
})
