import { readdir, rm } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createSandbox } from './sandbox.ts'
import { faultsAgainst } from './schema.ts'

const pod = (name: string, status: object) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'plane' },
  status,
})
const waiting = {
  phase: 'Pending',
  startTime: '2026-03-01T11:59:00Z',
  conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: '2026-03-01T11:59:00Z' }],
  containerStatuses: [
    { name: 'main', ready: false, restartCount: 0, state: { waiting: { reason: 'ContainerCreating' } } },
  ],
}

describe('hangar status -f', () => {
  it('prints the state of the objects of a folder as JSON of its schema, and starts nothing', async () => {
    const sandbox = await createSandbox()
    await sandbox.file('pods.yaml', { apiVersion: 'v1', kind: 'List', items: [pod('a', waiting)] })
    await rm(sandbox.home, { recursive: true })

    const { code, stdout, stderr } = await sandbox.run('status', '-f', sandbox.folder, '--output', 'json')

    const document = JSON.parse(stdout)
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' })
    expect(document).toMatchObject({
      schemaVersion: 1,
      objects: [{ name: 'a', state: 'degraded', ready: 0, total: 1 }],
    })
    expect(await faultsAgainst(sandbox, 'objects', document)).toEqual([])
    expect(await readdir(sandbox.folder)).toEqual(['pods.yaml'])
  })

  it('assesses a snapshot as of --now', async () => {
    const sandbox = await createSandbox()
    const file = await sandbox.file('pod.yaml', pod('a', waiting))

    const { code, stdout } = await sandbox.run('status', '-f', file, '--now', '2026-03-01T12:00:00Z')

    expect(code).toBe(0)
    expect(stdout).toMatch(/^plane +Pod\/a +… progressing +0\/1 +0 +60 s +ContainerCreating$/m)
  })

  it('names a broken document and assesses the rest; exit code 2', async () => {
    const sandbox = await createSandbox()
    const succeeded = JSON.stringify(pod('a', { phase: 'Succeeded' }))
    const file = await sandbox.file(
      'mixed.yaml',
      `${succeeded}\n---\nkind: [broken\n---\n${succeeded.replace('"a"', '"b"')}\n`,
    )

    const { code, stdout, stderr } = await sandbox.run('status', '-f', file, '--output', 'ndjson')

    expect(code).toBe(2)
    expect(stderr).toContain(`${file}: document 2, line`)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).name),
    ).toEqual(['a', 'b'])
  })

  it('prints a table of the first 500 objects, degraded ones first, and counts the rest', async () => {
    const sandbox = await createSandbox()
    const items = Array.from({ length: 501 }, (_, index) => pod(`p${index}`, { phase: 'Succeeded' }))
    const failed = pod('z', { phase: 'Failed', message: 'evicted' })
    const file = await sandbox.file('pods.json', JSON.stringify({ kind: 'List', items: [...items, failed] }))

    const { stdout, stderr } = await sandbox.run('status', '-f', file)

    expect(stdout.trimEnd().split('\n')).toHaveLength(501)
    expect(stdout.split('\n')[1]).toMatch(/^plane +Pod\/z +✗ degraded/)
    expect(stderr).toBe('2 more objects are not shown: --output json has all.\n')
  })

  it.each([
    [['-f', '/none.yaml'], 'FILE_UNREADABLE: /none.yaml cannot be read'],
    [['-f', '/dev/null'], 'FILE_INVALID: /dev/null has no Kubernetes objects'],
    [['-f', '/dev/null', '--plane', 'x'], '--plane selects planes, and -f reads files'],
    [['-f', '/dev/null', '--now', 'noon'], '--now is a time such as'],
    [['--now', '2026-03-01T12:00:00Z'], '--now needs -f'],
  ])('%j cannot run: exit code 2', async (args, reason) => {
    const { code, stdout, stderr } = await (await createSandbox()).run('status', ...args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(reason)
  })
})
