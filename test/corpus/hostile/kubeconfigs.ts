import { type HostileFile, repeat } from './hostile-file.ts'

const user = (body: string): string => `apiVersion: v1
kind: Config
users:
- name: hostile
  user: ${body}
- name: other
  user: {token: t}
`

export const hostileKubeconfigs: readonly HostileFile[] = [
  { name: 'deep lists', text: () => user('['.repeat(500_000)) },
  { name: 'deep mappings', text: () => user('{a: '.repeat(200_000)) },
  { name: 'deep dashes', text: () => user(`\n    ${'- '.repeat(500_000)}`) },
  { name: 'many keys', text: () => user(`{${repeat(200_000, (index) => `k${index}: 1`, ', ')}}`) },
  { name: 'many entries', text: () => `users:\n${repeat(100_000, (index) => `- {name: u${index}, user: {}}`)}` },
  { name: 'alias expansion', text: () => `users:\n- &a0 {name: x}\n${repeat(30, (index) => `- &a${index + 1} [${`*a${index},`.repeat(9)}]`)}` },
  { name: 'merge keys', text: () => `users:\n- name: x\n  user: &a {${repeat(10_000, (index) => `k${index}: 1`, ', ')}}\n${repeat(10_000, () => '- <<: *a')}` },
  { name: 'anchors', text: () => user(`[${repeat(100_000, (index) => `&a${index} x`, ', ')}]`) },
  { name: 'newlines', text: () => '\n'.repeat(10_000_000) },
  { name: 'a long line', text: () => user('x'.repeat(20_000_000)) },
  { name: 'quotes', text: () => user('"\\n'.repeat(1_000_000)) },
  { name: 'documents', text: () => '--- {}\n'.repeat(500_000) },
]
