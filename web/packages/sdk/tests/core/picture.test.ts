import { expect, test } from 'vitest'

import { type Fit, pictureBox, toPicture } from '../../src/core/picture.ts'

const WIDE = { left: 100, top: 50, width: 1000, height: 400 }

test.each<[Fit, object]>([
  ['contain', { left: 200, top: 50, width: 800, height: 400 }],
  ['cover', { left: 100, top: 0, width: 1000, height: 500 }],
  ['fill', WIDE],
  ['none', { left: 500, top: 200, width: 200, height: 100 }],
  ['scale-down', { left: 500, top: 200, width: 200, height: 100 }],
])('a picture of 200 by 100 fitted by %s', (fit, box) => {
  expect(pictureBox(WIDE, 200, 100, fit)).toEqual(box)
})

test('before its size is known the picture is the element', () => {
  expect(pictureBox(WIDE, 0, 0, 'contain')).toEqual(WIDE)
})

const BOX = pictureBox(WIDE, 200, 100, 'contain')

test.each([
  ['left top', { x: 200, y: 50 }, { x: 0, y: 0 }],
  ['right bottom', { x: 1000, y: 450 }, { x: 1, y: 1 }],
  ['middle', { x: 600, y: 250 }, { x: 0.5, y: 0.5 }],
  ['beside the picture, left', { x: 120, y: 150 }, { x: 0, y: 0.25 }],
  ['beside the picture, right', { x: 1090, y: 1000 }, { x: 1, y: 1 }],
])('a point at %s', (_where, point, at) => {
  expect(toPicture(point, BOX)).toEqual(at)
})

test('a picture without size has one point', () => {
  const box = { left: 0, top: 0, width: 0, height: 0 }

  expect(toPicture({ x: 5, y: 5 }, box)).toEqual({ x: 0, y: 0 })
})
