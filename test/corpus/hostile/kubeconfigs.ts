import { type HostileFile, repeat } from './hostile-file.ts'

const user = (body: string): string => `apiVersion: v1
kind: Config
users:
- name: hostile
  user: ${body}
- name: other
  user: {token: t}
`

const base64 = (text: string): string => Buffer.from(text).toString('base64')
const badCertificate = base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n')

/** Contexts with a cluster and a user each, which all can be read. */
const contexts = (count: number, fields: string, cluster = ''): string => `clusters:
${repeat(count, (index) => `- {name: c${index}, cluster: {server: "https://c.test"${cluster === '' ? '' : `, ${cluster}`}}}`)}
users:
${repeat(count, (index) => `- {name: c${index}, user: {${fields}}}`)}
contexts:
${repeat(count, (index) => `- {name: c${index}, context: {cluster: c${index}, user: c${index}}}`)}
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
  { name: 'carriage returns before a document', text: () => `${'\r'.repeat(15_000_000)}\n---\n${contexts(1, 'token: t')}` },
  { name: 'a server of slashes', text: () => contexts(1, 'token: t').replace('https://c.test', `https://c.test/${'/'.repeat(10_000_000)}x`) },
  { name: 'a long line', text: () => user('x'.repeat(15_000_000)) },
  { name: 'quotes', text: () => user('"\\n'.repeat(1_000_000)) },
  { name: 'as many keys as are read', text: () => user(`{${repeat(120_000, (index) => `k${index}: 1`, ', ')}}`) },
  { name: 'as many contexts as are read', text: () => contexts(7_500, 'token: t') },
  { name: 'certificates that cannot be read', text: () => contexts(6_500, `client-certificate-data: ${badCertificate}, client-key-data: ${badCertificate}`) },
  { name: 'authorities without end', text: () => contexts(1, 'token: t', `certificate-authority-data: ${base64('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'.repeat(180_000))}`) },
  { name: 'beginnings of certificates', text: () => contexts(1, `client-certificate-data: ${base64('-----BEGIN CERTIFICATE-----\n'.repeat(400_000))}, client-key-data: AAAA`) },
  { name: 'a token of many claims', text: () => contexts(2, `token: a.${base64(`{"exp": 1, "a": [${'[],'.repeat(2_000_000)}1]}`)}.c`) },
  { name: 'nested claims', text: () => contexts(2, `token: a.${base64('['.repeat(5_000_000))}.c`) },
  { name: 'one name', text: () => contexts(7_500, 'token: t').replace(/name: c\d+/g, 'name: c') },
  { name: 'comments', text: () => `${'#'.repeat(15_000_000)}\n${contexts(1, 'token: t')}` },
  { name: 'blanks', text: () => `${contexts(1, 'token: t')}${' '.repeat(15_000_000)}x` },
  { name: 'marks of documents', text: () => '...\n'.repeat(240_000) },
  { name: 'documents', text: () => '--- {}\n'.repeat(500_000) },
]
