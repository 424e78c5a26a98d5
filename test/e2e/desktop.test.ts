import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildHelm } from '../../scripts/build-helm.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type DemoEnvironment, startDemoEnvironment } from '../demo/demo-environment.ts'
import { type Desktop, launchDesktop, whyNoDesktop } from '../electron/harness.ts'
import { noXvfb, startXvfb, type Xvfb } from '../electron/xvfb.ts'
import { type Keyring, noKeyring, startKeyring } from '../vault/keyring.ts'
import { checkAll, describePlane, installPlane, openTab, workload } from './drive.ts'

const reason = [skipReason('real'), noKeyring, whyNoDesktop(), noXvfb].filter(Boolean).join('; ')

/** The same journey in the desktop app, through main/index.ts, the bridge and the handshake. */
describe.skipIf(reason !== '')(`the journey in the desktop app ${reason}`, () => {
  // The servers run until this is aborted: a start timeout as their signal would stop them during a slow run.
  const life = new AbortController()
  let folder: string
  let demo: DemoEnvironment
  let keyring: Keyring
  let desktop: Desktop
  let xvfb: Xvfb

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hangar-journey-'))
    await buildHelm()
    ;[demo, keyring, xvfb] = await Promise.all([
      startDemoEnvironment({ folder: join(folder, 'demo'), programs: 'small' }, life.signal),
      startKeyring(),
      startXvfb(),
    ])
    const environment = {
      ...keyring.environment,
      HANGAR_HOME: join(folder, 'home'),
      KUBECONFIG: demo.kubeconfig,
      DISPLAY: xvfb.display,
    }
    desktop = await launchDesktop({ environment, window: 'product' })
    desktop.page.setDefaultTimeout(20_000)
  }, 280_000)

  afterAll(async () => {
    await desktop?.close()
    await demo?.close()
    life.abort()
    await keyring?.stop()
    await xvfb?.stop()
    await rm(folder, { recursive: true, force: true })
  }, 90_000)

  it('the wizard installs the plane', async () => {
    await describePlane(desktop.page, demo)
    await installPlane(desktop.page)
    expect(demo.peers.controlPlane.agents().length).toBe(1)
  }, 600_000)

  it('the plane’s connectivity, workloads and logs are shown', async () => {
    const { page } = desktop
    await openTab(page, 'demo', 'Connectivity')
    const verdicts = await checkAll(page)
    expect(Object.values(verdicts).filter((word) => word === 'Pass')).toHaveLength(8)

    await openTab(page, 'demo', 'Workloads')
    await workload(page, /^Agent/)
      .getByText('Healthy')
      .waitFor({ timeout: 60_000 })

    await openTab(page, 'demo', 'Logs')
    await page.getByRole('button', { name: 'Collect logs' }).click()
    await page.getByRole('listbox', { name: 'Log lines' }).getByRole('option').first().waitFor({ timeout: 60_000 })
  }, 180_000)

  it('log search works while the cluster is unreachable', async () => {
    const { page } = desktop
    await demo.bed.stopApiServer()
    await openTab(page, 'demo', 'Logs')
    await page.getByText('Cluster unreachable').waitFor({ timeout: 20_000 })
    await page.getByRole('textbox', { name: 'Search logs' }).fill('order')
    await page.getByRole('listbox', { name: 'Log lines' }).getByRole('option').first().waitFor({ timeout: 20_000 })
  }, 90_000)
})
