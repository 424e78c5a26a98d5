import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../preload/contract/connectivity.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type Keyring, noKeyring, startKeyring } from '../vault/keyring.ts'
import { chromiumProgram, launchChromium } from '../window/chromium.ts'
import { loadPage } from '../window/loadPage.ts'
import { type Computer, noNftables, startComputer } from './connectivity/computer.ts'
import { type Fault, faults, type VantageKind } from './connectivity/faults.ts'
import { noMitmproxy } from './connectivity/impostors.ts'
import { checkTable, chooseVantages, closeRow, openCell, passed, problems } from './connectivity/matrix.ts'
import { type Network, networkOf } from './connectivity/network.ts'
import { type InstalledPlane, installLimitMs, installPlane, mayHaveCilium } from './connectivity/plane.ts'
import { openTab, takeScreenshots } from './drive.ts'
import { type Serving, startServing } from './serving.ts'

const network = mayHaveCilium ? 'cilium' : 'bridge'
const reason = [skipReason('real', network), noKeyring, noMitmproxy, noNftables].filter(Boolean).join('; ')

/** `npm test` runs a daily sample of the faults that this computer can detect, and all that only the cluster can. */
const sampleSize = 3
const day = Math.floor(Date.now() / 86_400_000)
const isLong = process.env.HANGAR_LONG === '1'
const visibleToComputer = faults.filter(({ affects }) => affects.computer !== undefined)
const clusterOnly = faults.filter(({ affects }) => affects.computer === undefined)
const first = (day * sampleSize) % visibleToComputer.length
const isToday = (index: number): boolean =>
  (index - first + visibleToComputer.length) % visibleToComputer.length < sampleSize
const sample = visibleToComputer.filter((_, index) => isLong || isToday(index))
/** Network policies have no effect without a plugin that enforces them. */
const whyNoPolicies = mayHaveCilium ? '' : ' (Cilium is not built yet: npm run test:long builds it)'

const fromComputer = [
  'agent-control-plane',
  'certificate-manager-acme',
  'certificate-manager-dns',
  'enforcer-event-hub',
  'flux-helm-registry',
  'flux-source-git',
  'local-adaptor-global-adaptor',
  'local-adaptor-service-bus',
]
const fromNodes = [...fromComputer, 'registry-vpc', 'secret-resolver-key-vault'].sort()
const fromPods = [...fromNodes, 'agent-kubernetes', 'gateway-refuses-without-key'].sort()
/** The endpoints of each component. */
const fromComponents = {
  agent: ['agent-control-plane', 'agent-kubernetes'],
  'certificate-manager': ['certificate-manager-acme', 'certificate-manager-dns'],
  enforcer: ['enforcer-event-hub'],
  flux: ['flux-helm-registry'],
  gateway: ['gateway-refuses-without-key'],
  'local-adaptor': ['local-adaptor-global-adaptor', 'local-adaptor-service-bus'],
  registry: ['registry-vpc'],
  'secret-resolver': ['secret-resolver-key-vault'],
}

const byName = (some: readonly Fault[]): [string, Fault][] => some.map((fault) => [fault.name, fault])

const componentIds = Object.keys(fromComponents).map((id) => `component:${id}`)
const componentBatches = [componentIds.slice(0, 4), componentIds.slice(4)]

describe.skipIf(reason !== '')(`connectivity in the window${reason && ` ${reason}`}`, () => {
  const life = new AbortController()
  let keyring: Keyring
  let plane: InstalledPlane
  let computer: Computer
  let faulty: Network
  let serving: Serving
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    keyring = await startKeyring()
    plane = await installPlane(network, keyring.environment)
    const { demo } = plane
    computer = await startComputer(demo.bed, life.signal)
    faulty = networkOf(demo.bed, demo.peers.names)
    serving = await startServing(plane.environment, computer.within)
    browser = await launchChromium(await computer.wrap(chromiumProgram()))
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(20_000)
    await loadPage(page, serving.address)
    await openTab(page, 'demo', 'Connectivity')
    await chooseVantages(page, ['This computer', 'A pod in hangar-plane', 'Component Enforcer'])
  }, installLimitMs)

  afterAll(async () => {
    await browser?.close()
    await serving?.stop()
    await computer?.close()
    await plane?.close()
    await keyring?.stop()
    life.abort()
  }, 90_000)

  it('each endpoint passes from each vantage in its scope', async () => {
    const table = await checkTable(page)

    expect(problems(table)).toEqual([])
    expect(passed(table, 'computer')).toEqual(fromComputer)
    expect(passed(table, 'pod')).toEqual(fromPods)
    expect(passed(table, 'component')).toEqual(['enforcer-event-hub'])
  }, 120_000)

  it.each(byName(sample))('the cause is shown when %s', expectCause, 150_000)

  it.skipIf(whyNoPolicies !== '').each(byName(clusterOnly))(
    `the cause is shown when %s${whyNoPolicies}`,
    expectCause,
    150_000,
  )

  it('all endpoints pass again after the faults are removed', async () => {
    expect(problems(await checkTable(page))).toEqual([])
  }, 120_000)

  it('"hangar check" passes from the computer, a pod, a node and each component', async () => {
    const results: Result[] = []
    // In batches: a dozen probe pods at once would overload the machine.
    for (const from of [['computer', 'pod', 'node'], ...componentBatches]) {
      const report = await plane.check(['--from', from.join(',')], computer.within)
      expect(report.vantages.filter(({ state }) => state !== 'ran')).toEqual([])
      results.push(...report.results)
    }

    expect(results.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skipped')).toEqual([])
    const passing = (kind: string, name?: string): string[] =>
      results
        .filter(
          ({ vantage, verdict }) =>
            vantage.kind === kind && verdict === 'pass' && vantage.name === (name ?? vantage.name),
        )
        .map(({ endpoint }) => endpoint)
        .sort()
    expect(passing('computer')).toEqual(fromComputer)
    expect(passing('pod')).toEqual(fromPods)
    expect(passing('node')).toEqual(fromNodes)
    for (const [id, rows] of Object.entries(fromComponents)) expect(passing('component', id)).toEqual(rows)
  }, 120_000)

  async function expectCause(_name: string, fault: Fault): Promise<void> {
    const undo = await fault.inject({ demo: plane.demo, network: faulty, computer, signal: life.signal })
    try {
      const table = await checkTable(page)
      expect(problems(table)).toEqual(expected(fault))
      await expectDetails(fault)
    } finally {
      await undo?.()
      await faulty.restore()
    }
  }

  /** The expanded row shows the cause, the evidence and the hint, at each vantage that the fault affects. */
  async function expectDetails({ affects, cause, label, evidence, finding, differences }: Fault): Promise<void> {
    if (finding !== undefined)
      expect(await page.getByRole('region', { name: 'Findings' }).textContent()).toMatch(finding)
    for (const [from, [row = '']] of Object.entries(affects) as [VantageKind, string[]][]) {
      const details = await openCell(page, row, from)
      try {
        const text = (await details.textContent()) ?? ''
        expect(text).toContain(label)
        expect(await details.locator('code').allTextContents()).toContain(cause)
        expect(text).toMatch(evidence)
        expect(text).toMatch(/What to do\s*[A-Z]/)
        if (differences !== undefined)
          expect(await details.getByRole('region', { name: 'Differences between vantages' }).textContent()).toMatch(
            differences,
          )
        if (from === 'component') {
          // The row and its details, both in the picture.
          await page
            .locator(`tr[data-endpoint="${row}"]`)
            .evaluate((line) => line.scrollIntoView({ block: 'start', behavior: 'instant' }))
          await takeScreenshots(page, 'connectivity-row')
        }
      } finally {
        await closeRow(page, row)
      }
      if (from === 'component') {
        await page.getByRole('button', { name: 'Check all' }).scrollIntoViewIfNeeded()
        await takeScreenshots(page, 'connectivity-differs')
      }
    }
  }
})

const expected = ({ affects, label }: Fault): readonly string[] =>
  Object.entries(affects)
    .flatMap(([from, rows]) => rows.map((row) => `${from} ${row}: Fail, ${label}`))
    .sort()
