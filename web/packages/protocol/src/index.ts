/** The wire in TypeScript: types of every message, and the registry of end codes. */
export * from './endCodes.ts'
export type * from './messages.ts'
