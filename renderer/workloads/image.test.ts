import { expect, it } from 'vitest'
import { shownImage } from './image.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

it.each([
  ['registry.test:5000/team/agent:1.4.2', 'registry.test:5000/team/agent:1.4.2', '/agent:1.4.2'],
  ['busybox', 'busybox', 'busybox'],
  ['registry.test:5000/agent', 'registry.test:5000/agent', '/agent'],
  [`registry.test/agent:1.4.2@${digest}`, 'registry.test/agent:1.4.2', '/agent:1.4.2'],
  [`registry.test/agent@${digest}`, 'registry.test/agent@sha256:0123456789ab', '/agent@sha256:0123456789ab'],
  [`registry.test/${'a'.repeat(80)}:1.4.2`, `registry.test/${'a'.repeat(80)}:1.4.2`, `${'a'.repeat(38)}:1.4.2`],
])('the image "%s" is shown as %s, and keeps its end', (image, text, kept) => {
  const shown = shownImage(image)
  expect(shown.text).toBe(text)
  expect(shown.text.slice(-shown.end)).toBe(kept)
})
