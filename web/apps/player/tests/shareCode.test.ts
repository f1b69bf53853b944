import { expect, test } from 'vitest'

import { exactOrigins, frameCode } from '../src/shareCode.ts'

test('the embed code shows the world, and a title in it stays text', () => {
  const code = frameCode('https://play.example', 'a b', 'The "cove" <script>')
  const frame = new DOMParser().parseFromString(code, 'text/html').querySelector('iframe')

  expect(frame?.src).toBe('https://play.example/embed/a%20b')
  expect(frame?.title).toBe('The "cove" <script>')
  expect(frame?.getAttribute('allow')).toBe('autoplay; fullscreen; gamepad')
  expect(code).not.toContain('<script>')
})

test('who may frame it is told in words', () => {
  expect(exactOrigins([])).toContain('embed_origins')
  expect(exactOrigins(['https://a.example'])).toContain('https://a.example')
  expect(exactOrigins(['*'])).toBe('Any page may show it.')
})
