import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildHelm } from '../../scripts/build-helm.ts'
import { apiOf } from '../bed/access.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type DemoEnvironment, startDemoEnvironment } from '../demo/demo-environment.ts'
import { type Keyring, noKeyring, startKeyring } from '../vault/keyring.ts'
import { launchChromium } from '../window/chromium.ts'
import { loadPage } from '../window/loadPage.ts'
import { checkAll, describePlane, installPlane, openTab, takeScreenshots, verdicts, workload } from './drive.ts'
import { type Serving, startServing } from './serving.ts'

const reason = [skipReason('real'), noKeyring].filter(Boolean).join('; ')

/** The endpoints whose scope includes this computer. */
const reachable = [
  'agent-control-plane',
  'local-adaptor-global-adaptor',
  'local-adaptor-service-bus',
  'enforcer-event-hub',
  'certificate-manager-dns',
  'certificate-manager-acme',
  'flux-source-git',
  'flux-helm-registry',
]

/** The life cycle of one plane: each test continues where the previous one ended. */
describe.skipIf(reason !== '')(`the journey in a browser ${reason}`, () => {
  // The servers run until this is aborted: a start timeout as their signal would stop them during a slow run.
  const life = new AbortController()
  let folder: string
  let demo: DemoEnvironment
  let keyring: Keyring
  let serving: Serving
  let browser: Browser
  let page: Page
  const environment = () => ({
    ...keyring.environment,
    HANGAR_HOME: join(folder, 'home'),
    KUBECONFIG: demo.kubeconfig,
  })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-journey-'))
    await buildHelm()
    ;[demo, keyring, browser] = await Promise.all([
      startDemoEnvironment({ folder: join(folder, 'demo') }, life.signal),
      startKeyring(),
      launchChromium(),
    ])
    serving = await startServing(environment())
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(20_000)
    await loadPage(page, serving.address)
  }, 280_000)

  afterAll(async () => {
    await browser?.close()
    await serving?.stop()
    await demo?.close()
    life.abort()
    await keyring?.stop()
    await rm(folder, { recursive: true, force: true })
  }, 90_000)

  it('the preflight checks of the plane in the wizard do not fail', async () => {
    await describePlane(page, demo, (view) => takeScreenshots(page, view))
    await page.getByText(/^Checked /).waitFor({ timeout: 60_000 })

    const checks = await page.getByRole('list', { name: 'Preflight checks' }).getByRole('listitem').allInnerTexts()
    expect(checks.filter((text) => text.startsWith('Fail'))).toEqual([])
    await page.getByText(/\d+ checks passed/).click()
    expect(await page.getByRole('list', { name: 'Passed checks' }).getByRole('listitem').count()).toBeGreaterThan(8)
    await takeScreenshots(page, 'preflight')
  }, 120_000)

  it('the plane is installed on a real cluster, and the wizard reports completion', async () => {
    await installPlane(page, (view) => takeScreenshots(page, view))
    await takeScreenshots(page, 'installed')

    const api = await apiOf(demo.bed)
    const secrets = await api.list('/api/v1/namespaces/hangar-plane/secrets', AbortSignal.timeout(10_000))
    const releases = secrets.map(({ metadata }) => metadata.name).filter((name) => name.startsWith('sh.helm.release'))
    expect(releases).toContain('sh.helm.release.v1.plane-agent.v1')
    expect(demo.peers.controlPlane.agents().length).toBe(1)
  }, 600_000)

  it('each endpoint has a verdict and evidence; those in scope reach their servers', async () => {
    await openTab(page, 'demo', 'Connectivity')
    const shown = await checkAll(page)

    expect(Object.keys(shown)).toHaveLength(13)
    expect(Object.entries(shown).filter(([id, word]) => reachable.includes(id) && word !== 'Pass')).toEqual([])
    expect(Object.entries(shown).filter(([id, word]) => !reachable.includes(id) && word !== 'Skipped')).toEqual([])
    await takeScreenshots(page, 'connectivity')

    await page.getByRole('button', { name: 'Control plane', exact: true }).click()
    const stages = await page
      .getByRole('table', { name: /Stages of/ })
      .getByRole('row')
      .allInnerTexts()
    const evidence = stages.join('\n')
    expect(evidence).toContain('connected to')
    // The probe presents the plane's certificate from the vault, and the server accepts it.
    expect(evidence).toMatch(/Identity[\s\S]*Pass[\s\S]*101/)
    await page.getByRole('button', { name: 'Control plane', exact: true }).click()
  }, 120_000)

  it('only the endpoint of a stopped server fails', async () => {
    const before = await verdicts(page)
    await demo.peers.eventHub.stop()
    const during = await checkAll(page)
    await takeScreenshots(page, 'connectivity-failed')
    await demo.peers.eventHub.start()
    const after = await checkAll(page)

    const changed = Object.keys(before).filter((id) => before[id] !== during[id])
    expect(changed).toEqual(['enforcer-event-hub'])
    expect(during['enforcer-event-hub']).toBe('Fail')
    expect(after).toEqual(before)
  }, 180_000)

  it('a deleted pod makes its component unhealthy within 3 s, until the pod is replaced', async () => {
    await openTab(page, 'demo', 'Workloads')
    const agent = workload(page, /^Agent/)
    await agent.getByText('Healthy').waitFor({ timeout: 60_000 })
    await takeScreenshots(page, 'workloads')
    const api = await apiOf(demo.bed)
    const pods = await api.list('/api/v1/namespaces/hangar-plane/pods', AbortSignal.timeout(10_000))
    const pod = pods.find(({ metadata }) => metadata.name.startsWith('agent-'))?.metadata.name

    const killedMs = performance.now()
    await api.remove(`/api/v1/namespaces/hangar-plane/pods/${pod}?gracePeriodSeconds=0`, AbortSignal.timeout(10_000))
    await agent.getByText(/Progressing|Degraded|Missing/).waitFor({ timeout: 10_000 })
    const noticedMs = performance.now() - killedMs
    await agent.getByText('Healthy').waitFor({ timeout: 90_000 })

    expect(noticedMs).toBeLessThan(3_000)
  }, 180_000)

  it('collected logs include an error with its stack trace', async () => {
    await openTab(page, 'demo', 'Logs')
    await page.getByRole('button', { name: 'Collect logs' }).click()
    await page.getByRole('textbox', { name: 'Search logs' }).waitFor({ timeout: 60_000 })
    await page.getByRole('group', { name: 'Levels' }).getByText('ERROR').click()
    const first = page.getByRole('listbox', { name: 'Log lines' }).getByRole('option').first()
    await first.waitFor({ timeout: 60_000 })
    await first.click()
    await takeScreenshots(page, 'logs')
  }, 180_000)

  it('Activity, Profiles, Settings and Overview show their content', async () => {
    const go = (name: RegExp) => page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name }).click()
    await go(/^Activity/)
    await page.getByRole('article').first().waitFor()
    await takeScreenshots(page, 'activity')
    await go(/^Profiles/)
    await page.getByRole('list', { name: 'Profiles' }).waitFor()
    await takeScreenshots(page, 'profiles')
    await go(/^Settings/)
    await page.getByRole('heading', { name: 'Settings' }).waitFor()
    await takeScreenshots(page, 'settings')
    await openTab(page, 'demo', 'About')
    await page.getByText('Responsibilities').waitFor()
    await openTab(page, 'demo', 'Overview')
    await page.getByRole('group', { name: 'Map of demo' }).waitFor()
    await takeScreenshots(page, 'overview')
  }, 60_000)

  it('an unreachable cluster is reported with the last known state; log search still works', async () => {
    await demo.bed.stopApiServer()
    await openTab(page, 'demo', 'Workloads')
    await page.getByText('Cluster unreachable').waitFor({ timeout: 20_000 })
    await page.getByText(/last known state, as of/).waitFor()
    await takeScreenshots(page, 'workloads-offline')

    await openTab(page, 'demo', 'Logs')
    const search = page.getByRole('textbox', { name: 'Search logs' })
    await search.fill('a-word-that-no-line-has')
    await page.getByText('No matching lines').waitFor({ timeout: 20_000 })
    await search.fill('warehouse')
    const lines = page.getByRole('listbox', { name: 'Log lines' }).getByRole('option')
    await lines.first().waitFor({ timeout: 20_000 })
    expect(await lines.count()).toBeGreaterThan(0)
    await takeScreenshots(page, 'logs-offline')
  }, 120_000)

  it('the last known state and its age are shown after a restart without the cluster', async () => {
    await page.close()
    await serving.stop()
    serving = await startServing(environment())
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(20_000)
    await loadPage(page, serving.address)

    await openTab(page, 'demo', 'Workloads')
    await page.getByText(/last known state, as of/).waitFor()
    expect(await workload(page, /^Agent/).textContent()).toContain('Healthy')
    await openTab(page, 'demo', 'Logs')
    await page.getByRole('listbox', { name: 'Log lines' }).getByRole('option').first().waitFor({ timeout: 20_000 })
  }, 120_000)

  it('the live state returns with the cluster', async () => {
    await demo.bed.startApiServer()
    await openTab(page, 'demo', 'Workloads')
    await page.getByText('Cluster unreachable').waitFor({ state: 'hidden', timeout: 60_000 })
    await workload(page, /^Agent/)
      .getByText('Healthy')
      .waitFor({ timeout: 60_000 })
  }, 120_000)
})
