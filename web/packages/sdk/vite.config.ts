import { defineConfig } from 'vite'

export default defineConfig({
  build: {
    target: 'es2022',
    sourcemap: true,
    minify: true,
    lib: {
      entry: {
        index: 'src/index.ts',
        react: 'src/react.ts',
        element: 'src/element.ts',
        watch: 'src/watch.ts',
      },
      formats: ['es'],
    },
    rolldownOptions: {
      external: ['react'],
      output: { chunkFileNames: '[name].js' },
    },
  },
})
