import { expect, it } from 'vitest'
import { editOf } from './profile.ts'

it.each([
  ['protocol=wss', { field: 'protocol', value: 'wss' }],
  [' port = 8443 ', { field: 'port', value: 8443 }],
  ['tls=false', { field: 'tls', value: false }],
  ['host=${api.host}', { field: 'host', value: '${api.host}' }],
  ['keys=[{key: a, title: A}]', { field: 'keys', value: [{ key: 'a', title: 'A' }] }],
  ['note=a: b: c', { field: 'note', value: 'a: b: c' }],
  ['path=', { field: 'path', value: undefined }],
  ['', undefined],
  ['wss', undefined],
])('%s changes a field of a proposal', (line, edit) => expect(editOf(line)).toEqual(edit))
