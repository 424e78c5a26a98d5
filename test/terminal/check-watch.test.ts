import { once } from 'node:events'
import { createServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { answering, json } from '../connectivity/servers/http.ts'
import { authority, listen, type TestServer, tlsOptions } from '../connectivity/servers/serve.ts'
import { startHangar } from '../demo/hangar.ts'
import { createSandbox, type Sandbox, unreachableCluster } from './sandbox.ts'
import { faultsAgainst } from './schema.ts'

/** A server that can be restarted on its port. */
const start = (port = 0): Promise<TestServer> => {
  const respond = answering(() => json({}))
  return listen(createServer(tlsOptions(), respond), '127.0.0.1', port)
}

const row = (id: string, port: number) => ({
  id,
  component: 'agent',
  title: `Row ${id}`,
  host: 'localhost',
  port,
  protocol: 'https',
  clientProfile: { trust: { setting: 'ca' } },
})
const listOf = (...endpoints: ReturnType<typeof row>[]) => ({ settings: { ca: authority.certificate }, endpoints })

/** A command that runs until it is stopped, with its output. */
function running(sandbox: Sandbox, ...args: string[]) {
  const child = startHangar(args, sandbox.environment)
  onTestFinished(() => void child.kill('SIGKILL'))
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    printed.stderr += text
  })
  return {
    printed,
    shows: (text: string | RegExp) =>
      expect.poll(() => printed.stdout, { timeout: 20_000, interval: 20 }).toMatch(text),
    async stop(): Promise<unknown> {
      child.kill('SIGINT')
      const [code] = await once(child, 'exit')
      return code
    },
  }
}

describe.runIf(process.platform !== 'win32')('hangar check --watch', () => {
  it('prints the table once, then only changes; Ctrl-C exits with the code of the last run', async () => {
    const [sandbox, agent, broker] = [await createSandbox(), await start(), await start()]
    const list = await sandbox.file('rows.yaml', listOf(row('agent', agent.port), row('broker', broker.port)))
    const command = running(sandbox, 'check', '--endpoints', list, '--watch', '--every', '1s')
    await command.shows(/agent.*pass[\s\S]*broker.*pass/)
    const table = command.printed.stdout

    await broker.close()
    await command.shows('broker, from this computer: passed, now fails: tcp.refused')
    await start(broker.port)
    await command.shows('broker, from this computer: failed: tcp.refused, now passes')
    await agent.close()
    await command.shows('agent, from this computer: passed, now fails: tcp.refused')

    expect(await command.stop()).toBe(1)
    const changes = command.printed.stdout.slice(table.length).trimEnd().split('\n')
    expect(changes.filter((each) => !each.startsWith('    '))).toHaveLength(3)
    expect(changes[0]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}✗ fail {2}broker, /)
    expect(changes[1]).toMatch(/^ {4}\S.{20,}/)
    // One line per run is for a user at the terminal.
    expect(command.printed.stderr).toBe('')
  })

  it('exits with 0 if the last run passed', async () => {
    const [sandbox, server] = [await createSandbox(), await start()]
    const list = await sandbox.file('rows.yaml', listOf(row('agent', server.port)))
    const command = running(sandbox, 'check', '--endpoints', list, '--watch')
    await command.shows(/agent.*pass/)

    expect(await command.stop()).toBe(0)
  })

  it('streams the first report, then one comparison per line', async () => {
    const [sandbox, server] = [await createSandbox(), await start()]
    const list = await sandbox.file('rows.yaml', listOf(row('agent', server.port)))
    const command = running(sandbox, 'check', '--endpoints', list, '--watch', '--every', '1s', '--output', 'ndjson')
    await command.shows(/"compared"/)
    await server.close()
    await command.shows(/"broke"/)
    await command.stop()

    const lines = command.printed.stdout
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each))
    expect(lines[0]).toMatchObject({ kind: 'finished', report: { schemaVersion: 2 } })
    expect(lines[1]).toMatchObject({ kind: 'compared', comparison: { changes: [], unchanged: 1 } })
    expect(lines.filter(({ comparison }) => comparison?.changes.length > 0)).toMatchObject([
      { comparison: { changes: [{ endpoint: 'agent', kind: 'broke' }], before: { startedAt: expect.any(String) } } },
    ])
  })

  it.each([
    ['an interval without a watch', ['--every', '5m'], '--every'],
    ['a comparison without a plane', ['--compare', 'last'], 'needs a plane'],
  ])('rejects %s', async (_what, args, complaint) => {
    const sandbox = await createSandbox()
    const list = await sandbox.file('rows.yaml', listOf(row('agent', 1)))

    const { code, stdout, stderr } = await sandbox.run('check', '--endpoints', list, ...args)

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(complaint)
  })
})

/** A state folder with a plane, whose only endpoint is the server. */
async function withPlane(port: number) {
  const sandbox = await createSandbox()
  const kubeconfig = await sandbox.file('kubeconfig', unreachableCluster)
  const profile = await sandbox.file('profile.yaml', {
    schemaVersion: 1,
    name: 'watched',
    title: 'Watched plane',
    description: 'One server.',
    managementModels: [{ id: 'self', title: 'Self-managed', summary: 'Ours.', tasks: [] }],
    settings: { type: 'object', properties: { ca: { type: 'string' } } },
    components: [{ id: 'agent', title: 'Agent', summary: 'Connects.', providedBy: 'vendor' }],
    releases: [],
    endpoints: [row('agent', port)],
  })
  const values = await sandbox.file('values.yaml', { settings: { ca: authority.certificate } })
  // Creates the plane. The plan itself fails, since the cluster is unreachable.
  await sandbox.run('plan', '--profile', profile, '--kubeconfig', kubeconfig, '--values', values)
  return { sandbox, plane: ['--profile', profile] as const }
}

describe('the checks of a plane', () => {
  it('are saved, listed and compared', async () => {
    const server = await start()
    const { sandbox, plane } = await withPlane(server.port)
    expect(await sandbox.run('runs', ...plane)).toMatchObject({ code: 0, stdout: '' })
    expect(await sandbox.run('check', ...plane)).toMatchObject({ code: 0 })
    await server.close()

    const compared = await sandbox.run('check', ...plane, '--compare', 'last')

    expect(compared.code).toBe(1)
    expect(compared.stderr).toMatch(/Since .*Z \(run [0-9a-f]{8}\): 1 changed, 0 unchanged\./)
    expect(compared.stdout).toContain('agent, from this computer: passed, now fails: tcp.refused')

    const saved = JSON.parse((await sandbox.run('runs', ...plane, '--output', 'json')).stdout)
    expect(await faultsAgainst(sandbox, 'runs', saved)).toEqual([])
    const { runs } = saved
    expect(runs).toMatchObject([
      { by: 'person', counts: { fail: 1 } },
      { by: 'person', counts: { pass: 1 } },
    ])
    const [newer, older] = runs.map(({ runId }: { runId: string }) => runId.slice(0, 8))
    const listed = await sandbox.run('runs', ...plane)
    expect(listed.stdout).toMatch(new RegExp(`${newer}.*person +computer +1 fail[\\s\\S]*${older}.*1 pass`))
    expect((await sandbox.run('runs', ...plane, newer, older)).stdout).toContain('failed: tcp.refused, now passes')
    const since = JSON.parse((await sandbox.run('runs', ...plane, older, '--output', 'json')).stdout)
    expect(since).toMatchObject({ schemaVersion: 2, changes: [{ endpoint: 'agent', kind: 'broke' }] })
    expect(await faultsAgainst(sandbox, 'comparison', since)).toEqual([])
    expect(await sandbox.run('runs', ...plane, 'nothing')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('RUN_UNKNOWN'),
    })
  })

  it('are saved as runs of a watch with --watch', async () => {
    const server = await start()
    const { sandbox, plane } = await withPlane(server.port)
    const command = running(sandbox, 'check', ...plane, '--watch')
    await command.shows(/agent.*pass/)
    expect(await command.stop()).toBe(0)

    expect(JSON.parse((await sandbox.run('runs', ...plane, '--output', 'json')).stdout).runs).toMatchObject([
      { by: 'watch' },
    ])
  })
})
