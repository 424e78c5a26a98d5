import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { AllowListFormat, type CheckEvent, ReportFormat } from '../../preload/contract/connectivity.ts'
import { EndpointList } from '../../preload/contract/profiles.ts'
import { agentPlace } from './allow-list/sample.ts'
import { type Connectivity, createConnectivity } from './connectivity.ts'

const planeId = 'f1d1f0de-8a0e-4c53-9f57-6f0a3d7c2b11'

/** A plane with two endpoints and a saved run; one endpoint has no host. There is no cluster. */
async function checkedPlane(): Promise<{ readonly connectivity: Connectivity; readonly runId: string }> {
  const home = await mkdtemp(join(tmpdir(), 'hangar-documents-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const { endpoints, settings } = EndpointList.parse({
    endpoints: [
      { id: 'closed', component: 'agent', title: 'Control plane', host: 'localhost', port: 1, protocol: 'wss' },
      { id: 'open', component: 'adaptor', host: '${empty}', protocol: 'grpc' },
    ],
  })
  const connectivity = createConnectivity({
    home,
    env: {},
    rowsOf: async () => ({ endpoints, settings, componentTitles: { agent: 'Agent' }, folder: home }),
    credentialOf: async () => undefined,
    describe: async () => ({ title: 'Plane Nord', version: '1.2.3', places: [agentPlace] }),
  })
  onTestFinished(() => connectivity.close())
  const events: CheckEvent[] = []
  for await (const event of connectivity.check({ planeId }, AbortSignal.timeout(9_000))) events.push(event)
  const last = events.at(-1)
  return { connectivity, runId: last?.kind === 'finished' ? last.report.runId : '' }
}

describe('the documents of a plane', () => {
  it('are rendered from a saved run in every format, with the plane’s title', async () => {
    const { connectivity, runId } = await checkedPlane()

    for (const format of ReportFormat.values) {
      const { name, text } = await connectivity.export({ planeId, runId, format })
      expect(name).toContain('connectivity-plane-nord-')
      expect(text).toContain('tcp.refused')
      if (format !== 'json') expect(text).toContain('1.2.3')
    }
  })

  it('are rejected for a run that does not exist', async () => {
    const { connectivity } = await checkedPlane()
    const runId = '00000000-0000-4000-8000-000000000000'

    await expect(connectivity.export({ planeId, runId, format: 'html' })).rejects.toMatchObject({ name: 'Problem' })
  })

  it('list the destinations with their last result in every allow-list format', async () => {
    const { connectivity } = await checkedPlane()

    for (const format of AllowListFormat.values) {
      const { text } = await connectivity.allowList({ planeId, format })
      expect(text).toContain('fail (tcp.refused)')
      expect(text).toContain('the setting empty is empty')
    }
  })

  it('list the endpoints of one component only, and reject an unknown component', async () => {
    const { connectivity } = await checkedPlane()

    const { text } = await connectivity.allowList({ planeId, format: 'networkpolicy', component: 'agent' })
    expect(text).toContain('name: hangar-egress-agent')
    expect(text).not.toContain('adaptor')
    await expect(connectivity.allowList({ planeId, format: 'csv', component: 'unknown' })).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    })
  })
})
