import type { LogRecord } from '../../preload/contract/logs.ts'

/** A record for tests: of one pod, without fields and text, but for `parts`. */
export const sampleRecord = (parts: Pick<LogRecord, 'id'> & Partial<LogRecord>): LogRecord => ({
  at: '2026-03-01T10:00:00Z',
  atSource: 'line',
  level: null,
  levelSource: 'none',
  source: 's',
  pod: 'p',
  container: 'c',
  module: '',
  message: '',
  format: 'plain',
  fields: [],
  raw: '',
  ...parts,
})
