import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CredentialFile } from '../../preload/contract/documents.ts'
import { PlaneValues } from '../../preload/contract/planes.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { parseFile, readDocument, readText } from './input.ts'

const row = 'endpoints:\n  - id: control-plane\n    component: agent\n    host: cp.example.com\n    protocol: wss\n'
const bomb = Array.from(
  { length: 9 },
  (_, level) =>
    `l${level}: &l${level} [${Array(9)
      .fill(level === 0 ? 'x' : `*l${level - 1}`)
      .join(', ')}]`,
).join('\n')

describe('a list of endpoints', () => {
  it('is taken as YAML and as JSON, with its defaults', () => {
    const list = parseFile('rows.yaml', row, EndpointList)

    expect(list.endpoints[0]).toMatchObject({ id: 'control-plane', direction: 'outbound', required: true })
    expect(parseFile('rows.json', JSON.stringify(list), EndpointList)).toEqual(list)
  })

  it.each([
    [
      'a field of the wrong type',
      `${row}    port: many\n`,
      'line 6: endpoints[0].port: expected a port, or "${setting}"',
    ],
    ['a field that there is not', `${row}    prot: 1\n`, 'line 6: endpoints[0].prot: there is no such field here'],
    [
      'a protocol that there is not',
      row.replace('wss', 'gopher'),
      'line 5: endpoints[0].protocol: expected one of "wss"',
    ],
    [
      'a field that is missing',
      row.replace('    protocol: wss\n', ''),
      'line 2: endpoints[0].protocol: expected one of',
    ],
    [
      'an id with capitals',
      row.replace('control-plane', 'Control'),
      'line 2: endpoints[0].id: expected lower-case letters',
    ],
    [
      'a field deep inside',
      `${row}    clientProfile:\n      trust:\n        file: 7\n`,
      'line 8: endpoints[0].clientProfile.trust.file: expected text',
    ],
    ['no list at all', 'endpoints: none\n', 'line 1: endpoints: expected a list'],
    ['nothing', '', 'line 1: the document: expected a mapping'],
    ['text alone', 'hello\n', 'line 1: the document: expected a mapping'],
    ['several faults', `${row}    port: many\n    tls: perhaps\n`, '(and 1 more).'],
    ['brackets that do not close', 'endpoints: [\n  {id: a\n', 'this is not valid YAML or JSON'],
    ['a tab for indentation', 'endpoints:\n\t- id: a\n', 'line 2: this is not valid YAML or JSON'],
    ['two documents', `${row}---\n${row}`, 'this is not valid YAML or JSON (MULTIPLE_DOCS)'],
    ['the same key twice', 'endpoints: []\nendpoints: []\n', 'line 2: this is not valid YAML or JSON (DUPLICATE_KEY)'],
    ['aliases that unfold into gigabytes', `${bomb}\nendpoints: [*l8]\n`, 'unfolds into too much'],
    ['an alias to nothing', 'endpoints: *rows\n', 'an alias unfolds into too much, or into nothing'],
  ])('with %s is refused, with line, field and what was expected', (_what, text, said) => {
    expect(() => parseFile('rows.yaml', text, EndpointList)).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID', message: expect.stringContaining(said) }),
    )
    expect(() => parseFile('rows.yaml', text, EndpointList)).toThrow(/^rows\.yaml/)
  })
})

describe('a file that holds secrets', () => {
  const secret = 'canary-19c0a7-in-a-file'
  it.each([
    ['credentials that are a text', CredentialFile, secret],
    ['a credential that is a text', CredentialFile, `agent: ${secret}`],
    ['a value that is a list', CredentialFile, `agent:\n  token: [${secret}]`],
    ['a value that is not closed', CredentialFile, `agent:\n  token: "${secret}`],
    ['a credential of another name', CredentialFile, `Agent Key:\n  token: ${secret}`],
    ['overrides that are a text', PlaneValues, `overrides:\n  gateway: ${secret}`],
    ['settings that are a list', PlaneValues, `settings: [${secret}]`],
  ])('is never quoted: %s', (_what, schema, text) => {
    expect(() => parseFile('file.yaml', text, schema)).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID', message: expect.not.stringContaining(secret), evidence: '' }),
    )
  })
})

describe('reading a file', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-input-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('gives its text whole', async () => {
    const text = 'é'.repeat(100_000)
    await writeFile(join(folder, 'text'), text)

    expect(await readText(join(folder, 'text'))).toBe(text)
  })

  it.each([
    ['that is not there', 'none', 'it does not exist'],
    ['that is a folder', '.', 'it is a folder'],
  ])('%s is said so', async (_what, name, why) => {
    await expect(readDocument(join(folder, name), PlaneValues)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining(why),
    })
  })

  it('that is too large, or has no end, ends soon', async () => {
    const large = join(folder, 'large')
    await writeFile(large, '')
    await truncate(large, 5_000_001)

    await expect(readText(large)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('5 MB'),
    })
    if (process.platform !== 'win32')
      await expect(readText('/dev/zero')).rejects.toMatchObject({ code: 'FILE_INVALID' })
  })
})
