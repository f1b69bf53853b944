import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    // One project per workspace: its own vite settings, its own environment.
    projects: ['packages/*', 'apps/*'],
  },
})
