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
  it('is parsed from YAML and from JSON, with its defaults', () => {
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
    ['an unknown field', `${row}    prot: 1\n`, 'line 6: endpoints[0].prot: expected a known field'],
    ['an unknown protocol', row.replace('wss', 'gopher'), 'line 5: endpoints[0].protocol: expected one of "wss"'],
    ['a missing field', row.replace('    protocol: wss\n', ''), 'line 2: endpoints[0].protocol: expected one of'],
    [
      'an id with capitals',
      row.replace('control-plane', 'Control'),
      'line 2: endpoints[0].id: expected lower-case letters',
    ],
    [
      'a wrong type in a nested field',
      `${row}    clientProfile:\n      trust:\n        file: 7\n`,
      'line 8: endpoints[0].clientProfile.trust.file: expected text',
    ],
    ['a text instead of a list', 'endpoints: none\n', 'line 1: endpoints: expected a list'],
    ['no content', '', 'line 1: the document: expected a mapping'],
    ['only a text', 'hello\n', 'line 1: the document: expected a mapping'],
    ['several errors', `${row}    port: many\n    tls: perhaps\n`, '(and 1 more).'],
    ['brackets that do not close', 'endpoints: [\n  {id: a\n', 'this is not valid YAML or JSON'],
    ['a tab for indentation', 'endpoints:\n\t- id: a\n', 'line 2: this is not valid YAML or JSON'],
    ['two documents', `${row}---\n${row}`, 'this is not valid YAML or JSON (MULTIPLE_DOCS)'],
    ['the same key twice', 'endpoints: []\nendpoints: []\n', 'line 2: this is not valid YAML or JSON (DUPLICATE_KEY)'],
    ['aliases that expand to gigabytes', `${bomb}\nendpoints: [*l8]\n`, 'expands to too much data'],
    ['an alias to nothing', 'endpoints: *rows\n', 'an alias expands to too much data, or refers to nothing'],
  ])('with %s is rejected with line, field and expected value', (_what, text, message) => {
    expect(() => parseFile('rows.yaml', text, EndpointList)).toThrow(
      expect.objectContaining({ code: 'FILE_INVALID', message: expect.stringContaining(message) }),
    )
    expect(() => parseFile('rows.yaml', text, EndpointList)).toThrow(/^rows\.yaml/)
  })
})

describe('a file with secrets', () => {
  const secret = 'canary-19c0a7-in-a-file'
  it.each([
    ['credentials that are a text', CredentialFile, secret],
    ['a credential that is a text', CredentialFile, `agent: ${secret}`],
    ['a value that is a list', CredentialFile, `agent:\n  token: [${secret}]`],
    ['a value that is not closed', CredentialFile, `agent:\n  token: "${secret}`],
    ['a credential of another name', CredentialFile, `Agent Key:\n  token: ${secret}`],
    ['overrides that are a text', PlaneValues, `overrides:\n  gateway: ${secret}`],
    ['settings that are a list', PlaneValues, `settings: [${secret}]`],
  ])('is not quoted in the error for %s', (_what, schema, text) => {
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

  it('returns its complete text', async () => {
    const text = 'é'.repeat(100_000)
    await writeFile(join(folder, 'text'), text)

    expect(await readText(join(folder, 'text'))).toBe(text)
  })

  it.each([
    ['that does not exist', 'none', 'it does not exist'],
    ['that is a folder', '.', 'it is a folder'],
  ])('%s fails with the reason', async (_what, name, why) => {
    await expect(readDocument(join(folder, name), PlaneValues)).rejects.toMatchObject({
      code: 'FILE_UNREADABLE',
      message: expect.stringContaining(why),
    })
  })

  it('that is too large or endless fails soon', async () => {
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
