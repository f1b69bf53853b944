import { expect, test } from 'vitest'

import { projectOfPath } from '../src/projects.ts'

test.each([
  ['/play/cove', 'cove', false],
  ['/play/cove/', 'cove', false],
  ['/play/a%20b', 'a b', false],
  ['/play/%E0', '%E0', false],
  ['/play/', '', false],
  ['/embed/cove', 'cove', true],
])('the page %s is for "%s", framed: %s', (path, project, framed) => {
  expect(projectOfPath(path)).toEqual({ project, framed })
})
