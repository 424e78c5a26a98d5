import { describe, expect, it } from 'vitest'
import { digestOfContent, type ProfileContent } from './pin.ts'

const content: ProfileContent = {
  text: 'name: demo',
  roots: { 'ca.pem': 'a', 'other.pem': 'b' },
  charts: { 'charts/agent': { digest: '1', files: { 'Chart.yaml': '2' } } },
}

describe('the digest of a profile', () => {
  it.each<[string, Partial<ProfileContent>]>([
    ['covers its text', { text: 'name: other' }],
    ['covers a root certificate', { roots: { ...content.roots, 'ca.pem': 'c' } }],
    ['covers the file of a root certificate', { roots: { 'moved.pem': 'a', 'other.pem': 'b' } }],
    ['covers a chart', { charts: { 'charts/agent': { digest: '3', files: { 'Chart.yaml': '2' } } } }],
    ['covers a file of a chart', { charts: { 'charts/agent': { digest: '1', files: { 'Chart.yaml': '4' } } } }],
    ['covers the path of a chart', { charts: { 'charts/other': { digest: '1', files: { 'Chart.yaml': '2' } } } }],
  ])('%s', (_, change) => {
    expect(digestOfContent({ ...content, ...change })).not.toBe(digestOfContent(content))
  })

  it('is the same whatever the order of its entries', () => {
    const roots = { 'other.pem': 'b', 'ca.pem': 'a' }
    expect(digestOfContent({ ...content, roots })).toBe(digestOfContent(content))
  })
})
