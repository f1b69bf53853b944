import { expect, test } from 'vitest'

import { projectOfPath } from '../src/projects.ts'

test.each([
  ['/play/cove', 'cove'],
  ['/play/cove/', 'cove'],
  ['/play/a%20b', 'a b'],
  ['/play/%E0', '%E0'],
  ['/play/', ''],
])('the project of %s is "%s"', (path, project) => {
  expect(projectOfPath(path)).toBe(project)
})
