import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Result } from '../../preload/contract/connectivity.ts'
import { skipReason } from '../bed/with-bed.ts'
import { type Keyring, noKeyring, startKeyring } from '../vault/keyring.ts'
import { chromiumProgram, launchChromium } from '../window/chromium.ts'
import { type Computer, noNftables, startComputer } from './connectivity/computer.ts'
import { type Fault, type From, faults } from './connectivity/faults.ts'
import { noMitmproxy } from './connectivity/impostors.ts'
import { checkTable, chooseVantages, closeRow, openCell, passed, unwell } from './connectivity/matrix.ts'
import { type Network, networkOf } from './connectivity/network.ts'
import { type InstalledPlane, installLimitMs, installPlane, mayHaveCilium } from './connectivity/plane.ts'
import { openTab, photograph } from './drive.ts'
import { type Serving, startServing } from './serving.ts'

const network = mayHaveCilium ? 'cilium' : 'bridge'
const reason = [skipReason('real', network), noKeyring, noMitmproxy, noNftables].filter(Boolean).join('; ')

/** In `npm test` some of them, other ones each day, and always those that only the cluster sees. */
const sampleSize = 3
const day = Math.floor(Date.now() / 86_400_000)
const isLong = process.env.HANGAR_LONG === '1'
const seenOutside = faults.filter(({ spoils }) => spoils.computer !== undefined)
const seenInside = faults.filter(({ spoils }) => spoils.computer === undefined)
const first = (day * sampleSize) % seenOutside.length
const isToday = (index: number): boolean => (index - first + seenOutside.length) % seenOutside.length < sampleSize
const sample = seenOutside.filter((_, index) => isLong || isToday(index))
/** Policies say nothing on a network that does not carry them out. */
const whyNoPolicies = mayHaveCilium ? '' : ' (Cilium is not built yet: npm run test:long builds it)'

const outside = [
  'agent-control-plane',
  'certificate-manager-acme',
  'certificate-manager-dns',
  'enforcer-event-hub',
  'flux-helm-registry',
  'flux-source-git',
  'local-adaptor-global-adaptor',
  'local-adaptor-service-bus',
]
const onNodes = [...outside, 'registry-vpc', 'secret-resolver-key-vault'].sort()
const inPods = [...onNodes, 'agent-kubernetes', 'gateway-refuses-without-key'].sort()
/** Of each component its own rows. */
const ofComponents = {
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

const componentIds = Object.keys(ofComponents).map((id) => `component:${id}`)
const componentsByFour = [componentIds.slice(0, 4), componentIds.slice(4)]

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
    const { world } = plane
    computer = await startComputer(world.bed, life.signal)
    faulty = networkOf(world.bed, world.peers.names)
    serving = await startServing(plane.environment, computer.within)
    browser = await launchChromium(await computer.wrap(chromiumProgram()))
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    page.setDefaultTimeout(20_000)
    await page.goto(serving.address)
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

  it('is green from each vantage that a row allows', async () => {
    const table = await checkTable(page)

    expect(unwell(table)).toEqual([])
    expect(passed(table, 'computer')).toEqual(outside)
    expect(passed(table, 'pod')).toEqual(inPods)
    expect(passed(table, 'component')).toEqual(['enforcer-event-hub'])
  }, 120_000)

  it.each(byName(sample))('names it where %s', named, 150_000)

  it.skipIf(whyNoPolicies !== '').each(byName(seenInside))(`names it where %s${whyNoPolicies}`, named, 150_000)

  it('is green again when all is mended', async () => {
    expect(unwell(await checkTable(page))).toEqual([])
  }, 120_000)

  it('is green for "hangar check" from computer, pod, node and each component', async () => {
    const results: Result[] = []
    // Not all at once: a dozen pods are a load of their own.
    for (const from of [['computer', 'pod', 'node'], ...componentsByFour]) {
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
    expect(passing('computer')).toEqual(outside)
    expect(passing('pod')).toEqual(inPods)
    expect(passing('node')).toEqual(onNodes)
    for (const [id, rows] of Object.entries(ofComponents)) expect(passing('component', id)).toEqual(rows)
  }, 120_000)

  async function named(_name: string, fault: Fault): Promise<void> {
    const undo = await fault.put({ world: plane.world, network: faulty, computer, signal: life.signal })
    try {
      const table = await checkTable(page)
      expect(unwell(table)).toEqual(expected(fault))
      await readsWell(fault)
    } finally {
      await undo?.()
      await faulty.mend()
    }
  }

  /** The opened row, at each vantage that the fault spoils: the cause, how it was seen, and what to do. */
  async function readsWell({ spoils, cause, words, evidence, finding, differs }: Fault): Promise<void> {
    if (finding !== undefined)
      expect(await page.getByRole('region', { name: 'Findings' }).textContent()).toMatch(finding)
    for (const [from, [row = '']] of Object.entries(spoils) as [From, string[]][]) {
      const details = await openCell(page, row, from)
      try {
        const text = (await details.textContent()) ?? ''
        expect(text).toContain(words)
        expect(await details.locator('code').allTextContents()).toContain(cause)
        expect(text).toMatch(evidence)
        expect(text).toMatch(/What now\s*[A-Z]/)
        if (differs !== undefined)
          expect(await details.getByRole('region', { name: 'Differences between vantages' }).textContent()).toMatch(
            differs,
          )
        if (from === 'component') {
          // The row, and below it what it opens to.
          await page
            .locator(`tr[data-endpoint="${row}"]`)
            .evaluate((line) => line.scrollIntoView({ block: 'start', behavior: 'instant' }))
          await photograph(page, 'connectivity-row')
        }
      } finally {
        await closeRow(page, row)
      }
      if (from === 'component') {
        await page.getByRole('button', { name: 'Check all' }).scrollIntoViewIfNeeded()
        await photograph(page, 'connectivity-differs')
      }
    }
  }
})

const expected = ({ spoils, words }: Fault): readonly string[] =>
  Object.entries(spoils)
    .flatMap(([from, rows]) => rows.map((row) => `${from} ${row}: Fail, ${words}`))
    .sort()
