import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createSandbox } from './sandbox.ts'

const parse = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('hangar logs parse', () => {
  it('prints each record of a file as one JSON object, and starts nothing', async () => {
    const sandbox = await createSandbox()
    const file = join(sandbox.folder, 'orders.log')
    const broken = Buffer.from([0xff, 0xfe, 0x0a])
    const lines =
      'time=2026-03-14T09:26:53.409Z level=WARN module=acme/orders message="late" id=7 traceId="t"\n  more\n'
    await writeFile(file, Buffer.concat([Buffer.from(lines), broken]))

    const { code, stdout, stderr } = await sandbox.run('logs', 'parse', file, '--output', 'ndjson')

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(parse(stdout)).toEqual([
      {
        time: '2026-03-14T09:26:53.409Z',
        timeSource: 'line',
        level: 'WARN',
        module: 'acme/orders',
        message: 'late',
        fields: [
          ['id', '7'],
          ['otel.scope.name', 'acme/orders'],
        ],
        traceId: 't',
        spanId: null,
        format: 'ballerina-logfmt',
        lines: 2,
        raw: lines.trimEnd(),
      },
      {
        time: null,
        timeSource: 'none',
        level: null,
        module: '',
        message: '\ufffd\ufffd',
        fields: [],
        traceId: null,
        spanId: null,
        format: 'plain',
        lines: 1,
        rawBase64: '//4=',
      },
    ])
    expect((await readdir(sandbox.folder)).toSorted()).toEqual(['home', 'orders.log'])
  })

  it('reads an endless pipe until its reader has enough, with exit code 0', async () => {
    const sandbox = await createSandbox()
    const command = `yes 2026-03-14T09:26:53Z [2026-03-14 09:26:53,442] ERROR {A} - x | "${process.execPath}" bin/hangar.js logs parse --kubelet --output ndjson - | head -n 2; echo "\${PIPESTATUS[1]}"`
    const { stdout } = await promisify(execFile)('bash', ['-c', command], {
      env: { ...process.env, ...sandbox.environment },
    })
    const [first, second, code] = stdout.trimEnd().split('\n')
    expect(first).toBe(second)
    expect(JSON.parse(first ?? '')).toMatchObject({ timeSource: 'kubelet', level: 'ERROR', message: 'x' })
    expect(code).toBe('0')
  })

  it.each([
    [['logs', 'parse', '/nowhere/at.log'], 'FILE_UNREADABLE: /nowhere/at.log cannot be read: it does not exist.'],
    [['logs', 'parse', '--format', 'xml', '-'], '"xml" is not a format: auto, ballerina'],
  ])('cannot run %j: exit code 2', async (args, message) => {
    const { code, stderr } = await (await createSandbox()).run(...args)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  })
})
