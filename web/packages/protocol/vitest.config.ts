import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { name: 'protocol', environment: 'node', testTimeout: 60_000, hookTimeout: 60_000 },
})
