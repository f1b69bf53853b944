import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['diorama-source', 'module', 'browser', 'development|production'] },
  test: { name: 'portal', environment: 'jsdom' },
})
