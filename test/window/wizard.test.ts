import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'
import { planeTab, planeWizard } from './viewState.ts'
import { createDraft, install, reviewPlan, secret } from './wizardSteps.ts'

const openWindow = windowOfTests()
const open = (scene: string): Promise<Page> => openWindow({ scene })

/** Presses Tab until the named control has the focus; fails when the keyboard cannot reach it. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      if (element === document.body) return ''
      const labels =
        element instanceof HTMLInputElement ? [...(element.labels ?? [])].map((label) => label.textContent) : []
      return [element?.getAttribute('aria-label'), element?.textContent, ...labels].join(' ')
    })
    if (focused.includes(name)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`The keyboard does not reach "${name}".`)
}

/** Everything that the window stores: its storage, the state of its history, and the page itself. */
const storedByWindow = (page: Page): Promise<string> =>
  page.evaluate(() =>
    [
      JSON.stringify({ ...sessionStorage }),
      JSON.stringify({ ...localStorage }),
      JSON.stringify(history.state),
      location.href,
      document.documentElement.outerHTML,
      ...[...document.querySelectorAll('input, textarea')].map((field) => Reflect.get(field, 'value')),
    ].join('\n'),
  )

describe('the install wizard', () => {
  it('is usable from the cluster to the preflight with the keyboard only', async () => {
    const page = await open('empty')
    await tabTo(page, 'Install a plane')
    await page.keyboard.press('Enter')
    await page.getByText('No contexts found').waitFor()

    const usual = await open('usual')
    await tabTo(usual, 'Install a plane')
    await usual.keyboard.press('Enter')
    await usual.getByRole('listbox', { name: 'Contexts' }).waitFor()
    await tabTo(usual, 'Contexts')
    await usual.keyboard.press('ArrowDown')
    await usual.getByText('bed-1 is reachable').waitFor()
    await tabTo(usual, 'Next')
    await usual.keyboard.press('Enter')
    await usual.getByRole('radio', { name: /Demo plane/ }).waitFor()
    await tabTo(usual, 'Demo plane')
    await usual.keyboard.press('Space')
    await usual.getByRole('radio', { name: /Self-managed/ }).waitFor()
    await tabTo(usual, 'Self-managed')
    await usual.keyboard.press('Space')
    await tabTo(usual, 'Next')
    await usual.keyboard.press('Enter')

    await usual.getByRole('heading', { name: 'Credentials and settings' }).waitFor()
  })

  it('preserves input over back, forward and a reload, reports missing credentials, and stores secrets in the vault', async () => {
    const page = await open('usual')
    await createDraft(page)
    await page.getByLabel('Host').fill('cp.mine.example')
    await page.getByRole('button', { name: 'Back' }).click()
    await page.getByRole('button', { name: 'Next' }).click()
    await page.reload()
    expect(await page.getByLabel('Host').inputValue()).toBe('cp.mine.example')

    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('Missing credentials').waitFor()
    for (const name of ['Certificate (PEM)', 'Private key (PEM)', 'Token']) {
      await page.getByRole('textbox', { name, exact: true }).fill(secret)
    }
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('heading', { name: 'Preflight' }).waitFor()

    expect(await page.evaluate(() => fakeBackend.receivedSecrets)).toEqual([
      `agent/tls.crt/${secret.length}`,
      `agent/tls.key/${secret.length}`,
      `registry/token/${secret.length}`,
    ])
    await page
      .getByRole('navigation', { name: 'Installation steps' })
      .getByRole('button', { name: /^Settings/ })
      .click()
    await page.getByText('Stored').first().waitFor()
    expect(await storedByWindow(page)).not.toContain(secret)
  })

  it('asks before typed credentials are lost, by a step, a link or Back, and saves them on request', async () => {
    const page = await open('usual')
    await planeWizard('payments-eu')(page)
    const steps = page.getByRole('navigation', { name: 'Installation steps' })
    await steps.getByRole('button', { name: /^Settings/ }).click()
    const token = page.getByRole('textbox', { name: 'Token', exact: true })
    await token.fill(secret)
    const dialog = page.getByRole('dialog', { name: 'Credentials are not saved' })
    for (const leave of [
      () => steps.getByRole('button', { name: /^Preflight/ }).click(),
      () => page.getByRole('button', { name: 'Profiles', exact: true }).click(),
      () => page.goBack(),
    ]) {
      await leave()
      await dialog.getByRole('button', { name: 'Stay' }).click()
      await dialog.waitFor({ state: 'hidden' })
      expect(await token.inputValue()).toBe(secret)
      expect(new URL(page.url()).hash).toContain('/install/settings')
    }
    await page.goBack()
    await dialog.getByRole('button', { name: 'Save and leave' }).click()
    await page.waitForFunction(() => !location.hash.includes('/install/settings'))
    expect(await page.evaluate(() => fakeBackend.receivedSecrets)).toEqual([`registry/token/${secret.length}`])
    expect(await storedByWindow(page)).not.toContain(secret)

    await steps.getByRole('button', { name: /^Settings/ }).click()
    await token.fill(secret)
    await steps.getByRole('button', { name: /^Preflight/ }).click()
    await dialog.getByRole('button', { name: 'Discard and leave' }).click()
    await page.getByRole('heading', { name: 'Preflight checks' }).waitFor()
    expect(await page.evaluate(() => fakeBackend.receivedSecrets)).toHaveLength(1)
  })

  it('the connectivity step opens what failed, and shows what passed on request', async () => {
    const page = await open('usual')
    await planeWizard('demo')(page)
    await page
      .getByRole('navigation', { name: 'Installation steps' })
      .getByRole('button', { name: /^Connectivity/ })
      .click()
    await page.getByRole('table', { name: 'Connectivity' }).waitFor()
    await page.getByText('Cause', { exact: true }).first().waitFor()
    const passed = page.getByText(/^\d+ of \d+ passed$/).last()
    await passed.click()
    await page.getByRole('table', { name: 'Connectivity, passed rows' }).waitFor()
  })

  it('shows the error of a setting at its field', async () => {
    const page = await open('usual')
    await createDraft(page)
    await page.getByLabel('Host').fill('')
    await page.getByRole('button', { name: 'Next' }).click()

    const host = page.getByLabel('Host')
    await host.and(page.locator(':focus')).waitFor()
    await page.getByText('is required').first().waitFor()
    expect(await host.getAttribute('aria-invalid')).toBe('true')
    const index = page.getByRole('navigation', { name: 'Sections' })
    expect(await index.getByRole('listitem').allTextContents()).toEqual([
      'General',
      'Control plane1 error',
      'Credentials3 errors',
    ])
    await page.keyboard.type('cp.mine.example')
    await index.getByText('1 error', { exact: true }).waitFor({ state: 'hidden' })
    expect(await host.getAttribute('aria-invalid')).not.toBe('true')
    await index.getByRole('button', { name: /Credentials/ }).click()
    await page.getByRole('textbox', { name: 'Certificate (PEM)', exact: true }).and(page.locator(':focus')).waitFor()
  })

  it('shows where each value of a release comes from, with the settings of the form', async () => {
    const page = await open('usual')
    await createDraft(page)
    await page.getByLabel('Host').fill('cp.mine.example')
    await page.getByRole('button', { name: 'Where values come from' }).click()
    const drawer = page.getByRole('dialog', { name: 'Where values come from' })
    const agent = drawer.getByRole('region', { name: 'plane-agent' })
    const row = (path: string) => agent.getByRole('listitem').filter({ hasText: path })
    await row('controlPlane.host').getByText('"cp.mine.example"').waitFor()
    expect(await row('controlPlane.host').textContent()).toContain('Setting controlPlane.host')
    expect(await row('agent.token').textContent()).toMatch(/\[in the vault\].*Set for this plane.*Replaces ""/)
    await drawer.getByText('The chart charts/plane-gateway cannot be read').waitFor()

    await drawer.getByRole('radiogroup', { name: 'Origin of the values' }).getByText('Chart 2').click()
    expect(await agent.getByRole('listitem').count()).toBe(2)
    await drawer.getByRole('textbox', { name: 'Search values' }).fill('beat')
    await row('controlPlane').waitFor({ state: 'hidden' })
    expect(await agent.getByRole('listitem').allTextContents()).toEqual([
      'heartbeatSeconds3Default of the chart, values.yaml line 8',
    ])
    await drawer.getByRole('textbox', { name: 'Search values' }).fill('no such value')
    await drawer.getByText('No matching values.').waitFor()
  })

  it('keeps what is typed in the form while its YAML is written', async () => {
    const page = await open('usual')
    await createDraft(page)
    await page.getByRole('textbox', { name: 'YAML of the settings' }).getByText('westeurope').waitFor()
    for (const [label, text] of [
      ['Region', 'north'],
      ['Host', 'cp.mine.example'],
      ['Region', 'south'],
    ] as const) {
      await page.getByRole('textbox', { name: label }).first().fill(text)
      // As a person's next field: the core is at work on the one before.
      await page.waitForTimeout(120)
    }
    const editor = page.getByRole('textbox', { name: 'YAML of the settings' })
    await editor.getByText('south').waitFor()
    await editor.getByText('cp.mine.example').waitFor()
    expect(await page.getByRole('textbox', { name: 'Host' }).inputValue()).toBe('cp.mine.example')
    expect(await page.getByRole('textbox', { name: 'Region' }).inputValue()).toBe('south')
  })

  it('keeps the form and its YAML in step, from either side and with the keyboard, and takes no secret as text', async () => {
    const page = await open('usual')
    await createDraft(page)
    const editor = page.getByRole('textbox', { name: 'YAML of the settings' })
    await editor.getByText('westeurope').waitFor()
    await page.getByLabel('Host').fill('cp.mine.example')
    await editor.getByText('cp.mine.example').waitFor()

    // Completion of a value that the schema has, then an error of the schema at its line and at its field.
    await tabTo(page, 'YAML of the settings')
    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.type('auth')
    // The editor ignores Enter right after the list has opened.
    await page.getByRole('option', { name: /^authority/ }).click()
    await page.keyboard.type('x')
    await page.waitForFunction(() =>
      [...document.querySelectorAll('textarea')].some((field) => field.id.includes('authority') && field.value === 'x'),
    )

    await page.keyboard.press('ControlOrMeta+End')
    await page.keyboard.press('Enter')
    await page.keyboard.type(`token: ${secret}`)
    await page.getByText('The YAML is not taken').waitFor()
    await page.getByRole('button', { name: /a secret is no setting/ }).waitFor()
    await page.getByRole('button', { name: 'Next' }).click()
    expect(await page.evaluate(() => sessionStorage.getItem('hangar.draft.new') ?? '')).not.toContain(secret)
    expect(await page.getByLabel('Host').inputValue()).toBe('cp.mine.example')
    await page.getByRole('heading', { name: 'Credentials and settings' }).waitFor()

    await editor.click()
    await page.keyboard.press('ControlOrMeta+a')
    await page.keyboard.insertText('region: north # as agreed\ncontrolPlane:\n  host: a\n  port: 70000\n')
    await page.getByRole('button', { name: /must be at most 65535/ }).waitFor()
    expect(await page.getByLabel('Region').inputValue()).toBe('north')
    await page.getByLabel('Host').fill('b')
    await editor.getByText('host: b').waitFor()
    expect(await editor.textContent()).toContain('region: north # as agreed')
    await page.getByText('vault: registry/token').waitFor()
  })

  it('takes values from a file, and reports what the profile does not have', async () => {
    const page = await open('usual')
    await createDraft(page)
    const file = (text: string) => ({ name: 'values.yaml', mimeType: 'text/yaml', buffer: Buffer.from(text) })
    const input = page.locator('input[type=file][accept*=yaml]')
    await input.setInputFiles(file('broken'))
    await page.getByText('values.yaml, line 2').waitFor()

    await input.setInputFiles(file('region: northeurope'))
    await page.getByText('2 settings were taken from values.yaml').waitFor()
    await page.getByText('left out: token.').waitFor()
    expect(await page.getByLabel('Host').inputValue()).toBe('cp.imported.example')
    expect(await page.getByLabel('Region').inputValue()).toBe('northeurope')
    expect(await page.getByLabel('Port').inputValue()).toBe('443')
  })

  it('shows whose a certificate is and until when, and neither shows nor sends a private key', async () => {
    const page = await open('usual')
    await createDraft(page)
    const pem = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`
    const fieldOf = (name: string) => page.getByRole('textbox', { name, exact: true })
    await fieldOf('Certificate (PEM)').fill(pem('PRIVATE KEY', 'c2VjcmV0') + pem('CERTIFICATE', 'AAAA'))
    const card = page.getByRole('list', { name: 'Contents of Certificate (PEM)' }).getByRole('listitem')
    await card.filter({ hasText: 'agent.plane.example' }).getByText('Expires soon').waitFor()
    await card.filter({ hasText: 'Private key' }).waitFor()
    await fieldOf('Private key (PEM)').fill(pem('EC PRIVATE KEY', 'c2VjcmV0'))
    for (const name of ['Certificate (PEM)', 'Private key (PEM)']) {
      expect(
        await fieldOf(name).evaluate((field) => getComputedStyle(field).getPropertyValue('-webkit-text-security')),
      ).toBe('disc')
    }
    await fieldOf('Certificate authority (PEM)').fill('words')
    await page.getByText('No certificate or private key in PEM form').waitFor()

    expect(await page.evaluate(() => fakeBackend.receivedPems)).toEqual([pem('CERTIFICATE', 'AAAA').trim()])
    expect(await page.evaluate(() => JSON.stringify({ ...sessionStorage, ...localStorage }))).not.toContain('c2VjcmV0')
  })

  it('installs with preflight, connectivity, plan and live steps, and uninstalls after a confirmation', async () => {
    const page = await open('usual')
    await createDraft(page)
    await install(page)

    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByText('demo-2 is installed').waitFor()
    await page.getByRole('group', { name: 'Map of demo-2' }).waitFor()
    await page.getByRole('button', { name: 'Uninstall plane …' }).click()
    await page.getByRole('list', { name: 'Plan steps' }).waitFor()
    const uninstall = page.getByRole('button', { name: 'Uninstall plane …' })
    await page.getByText('1 loss is not accepted.').waitFor()
    expect(await uninstall.isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: /store-registry-0 and its data are deleted/ }).check()
    const wayOut = page.getByRole('region', { name: '1 way out' }).getByRole('checkbox', { name: /without its hooks/ })
    expect([await uninstall.isEnabled(), await wayOut.isChecked()]).toEqual([true, false])
    await wayOut.check()
    await uninstall.click()
    await page.getByRole('dialog').getByRole('button', { name: 'Uninstall' }).click()
    await page.getByText('All steps completed.').waitFor()
    expect(await page.getByRole('article', { name: /Uninstall/ }).count()).toBe(1)
  })

  it('asks for each adoption and for each loss separately, and a release that is kept is not lost', async () => {
    const page = await open('adopting')
    await createDraft(page)
    await reviewPlan(page)
    const adoptions = page.getByRole('region', { name: '2 releases of another helm' })
    const losses = page.getByRole('region', { name: '1 loss' })
    const start = page.getByRole('button', { name: 'Install plane' })
    await page.getByText('3 decisions are open above.').waitFor()
    expect(await adoptions.textContent()).toContain('Nothing of them is deleted')
    expect(await losses.getByRole('checkbox').count()).toBe(1)

    await adoptions.getByRole('checkbox', { name: /Release gateway/ }).check()
    await losses.getByRole('checkbox', { name: /legacy .* is uninstalled/ }).check()
    await page.getByText('1 decision is open above.').waitFor()
    expect(await start.isDisabled()).toBe(true)
    await adoptions.getByRole('checkbox', { name: /Release agent/ }).check()
    expect(await start.isEnabled()).toBe(true)

    // To keep the release takes the place of its loss, which cannot be accepted any more.
    await page.getByRole('checkbox', { name: /legacy .* stays in the cluster instead/ }).check()
    const lost = losses.getByRole('checkbox')
    expect([await lost.isDisabled(), await lost.isChecked(), await start.isEnabled()]).toEqual([true, false, true])
    await start.click()
    const accepted = () => page.evaluate(() => fakeBackend.acceptedLosses)
    await expect
      .poll(accepted)
      .toEqual(expect.arrayContaining(['adopt:gateway', 'adopt:agent', 'keep:plane-system/legacy']))
  })

  it('the graph of steps shows the details of those that run, and by keyboard of another one', async () => {
    const page = await open('running')
    await planeWizard('payments-eu')(page)
    const details = page.getByRole('list', { name: 'Running, failed and chosen' })
    await details.getByText('no such host: tokens.example.com').waitFor()
    await details.getByText('usually 40 s (3 runs)').waitFor()
    expect(await details.locator('> li').count()).toBe(3)

    const verify = { name: /^Verify\s*Pending\s*after Gateway, by Flux, Agent, Integrations$/ }
    await page.getByRole('button', verify).press('Enter')
    await expect.poll(() => details.locator('> li').count()).toBe(4)
    expect(await page.getByRole('list', { name: 'Steps' }).locator('> li').count()).toBe(8)
  })

  it.each([
    { width: 1_280, height: 800 },
    { width: 900, height: 700 },
  ])(
    'steps of one kind are one node of the graph, which lists them, and no title is cut at $width px',
    async (viewport) => {
      const page = await openWindow({ scene: 'install-large', viewport })
      await planeWizard('payments-eu')(page)
      const graph = page.getByRole('region', { name: 'Steps and what they wait for' })
      await graph.getByRole('button', { name: /^3 namespaces\s*Done/ }).waitFor()
      const cut = await graph
        .getByRole('button')
        .evaluateAll((nodes) =>
          nodes.filter(({ firstElementChild: title }) => title !== null && title.scrollHeight > title.clientHeight + 1),
        )
      expect(cut).toEqual([])
      expect(await graph.getByRole('button').count()).toBe(8)

      const details = page.getByRole('list', { name: 'Running, failed and chosen' })
      await graph.getByRole('button', { name: /^5 secrets\s*Running\s*3 of 5/ }).click()
      await expect.poll(() => details.locator('> li').count()).toBe(5)
      await details.getByText(/to Secret registry-pull$/).waitFor()
    },
  )

  it('each step has an address, a title and its outcome, and the focus goes to its heading without moving the page', async () => {
    const page = await open('usual')
    await planeWizard('payments-eu')(page)
    await page.evaluate(() => {
      Reflect.set(globalThis, 'shifted', 0)
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          Reflect.set(globalThis, 'shifted', Reflect.get(globalThis, 'shifted') + Reflect.get(entry, 'value'))
      }).observe({ type: 'layout-shift' })
    })
    const steps = page.getByRole('navigation', { name: 'Installation steps' })
    expect(await page.getByRole('tab').count()).toBe(0)
    await steps.getByRole('button', { name: 'Install 4 of 8, interrupted' }).waitFor()
    for (const [step, heading] of [
      ['Settings', 'Credentials and settings'],
      ['Preflight', 'Preflight checks'],
      ['Cluster', 'Target cluster'],
      ['Profile', 'Plane profile'],
    ] as const) {
      await steps.getByRole('button', { name: step }).click()
      await page.getByRole('heading', { name: heading }).and(page.locator(':focus')).waitFor()
      await page.waitForFunction((end) => location.hash.endsWith(end), `/install/${step.toLowerCase()}`)
      expect(await page.title()).toBe(`${step} – Installation – payments-eu – Hangar`)
    }
    expect(await steps.getByRole('listitem').allTextContents()).toEqual([
      expect.stringContaining('Clusteraks-payments-eu'),
      'Profiledemo, vendor',
      expect.stringMatching(/^Settings\d+ settings$/),
      'Preflight4 of 5 passed',
      expect.stringContaining('Connectivity'),
      'ReviewConfirmed',
      'Install4 of 8, interrupted',
      expect.stringContaining('Done'),
    ])
    await page.goBack()
    await page.getByRole('heading', { name: 'Target cluster' }).and(page.locator(':focus')).waitFor()
    await page.goForward()
    await page.getByRole('heading', { name: 'Plane profile' }).waitFor()
    expect(await page.evaluate(() => Number(Reflect.get(globalThis, 'shifted')))).toBeLessThan(0.02)

    for (const leave of ['Open overview', 'payments-eu']) {
      await page.getByRole('button', { name: leave }).first().click()
      await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor()
      await page.goBack()
      await steps.waitFor()
    }
  })

  it('shows an interrupted operation after a reload and resumes it with one click', async () => {
    const page = await open('usual')
    await planeWizard('payments-eu')(page)
    await page.reload()
    await page.getByText('Interrupted', { exact: true }).nth(1).waitFor()
    await page.getByRole('button', { name: 'Resume operation' }).click()

    await page.getByText('All steps completed.').waitFor()
  })
})

describe('the window', () => {
  it('reports a lost connection to the core, and reconnects automatically', async () => {
    const page = await open('usual')
    await planeTab('demo', 'Workloads')(page)
    await page.getByRole('treeitem').first().waitFor()
    await page.evaluate(() => fakeBackend.disconnect())
    await page.getByText('Connection to Hangar lost').waitFor()
    await page.evaluate(() => fakeBackend.restore())

    await page.getByText('Reconnected to Hangar').waitFor()
    await page.getByText('Reconnected to Hangar').waitFor({ state: 'hidden' })
    expect(await page.getByRole('treeitem').count()).toBeGreaterThan(5)
  })

  it('counts new lines as pending while the list is scrolled away', async () => {
    const page = await open('usual')
    await planeTab('demo', 'Logs')(page)
    const list = page.getByRole('listbox', { name: 'Log lines' })
    await list.getByRole('option').nth(5).waitFor()
    await page.evaluate(() => fakeBackend.addLogLines(2))
    await page.getByText('2,402 lines (').waitFor()

    // The scroll event comes with the next frame; lines that arrive before it are shown at once.
    await list.evaluate((element) => {
      const scrolled = new Promise((resolve) => element.addEventListener('scroll', resolve, { once: true }))
      element.scrollTo({ top: 400 })
      return scrolled.then(() => undefined)
    })
    await page.evaluate(() => fakeBackend.addLogLines(3))
    await page.getByRole('button', { name: '3 new lines' }).click()

    await page.getByText('2,405 lines (').waitFor()
    expect(await list.evaluate((element) => element.scrollTop)).toBe(0)
  })

  it('focuses the search with "/", loads older lines at the end, and opens lines with the arrow keys', async () => {
    const page = await open('usual')
    await planeTab('demo', 'Logs')(page)
    const list = page.getByRole('listbox', { name: 'Log lines' })
    await list.getByRole('option').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('refused')
    await list
      .getByRole('option', { name: /order accepted/ })
      .first()
      .waitFor({ state: 'hidden' })
    // While the search runs the list is empty, and a key does nothing.
    await list
      .getByRole('option', { name: /refused/ })
      .first()
      .waitFor()

    await list.focus()
    await page.keyboard.press('End')
    await page.getByText('400 lines match').waitFor()
    await page.getByRole('region', { name: 'Log line' }).getByText('invoices', { exact: true }).waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('region', { name: 'Log line' }).waitFor({ state: 'hidden' })
  })

  it('renders only the visible rows of thousands of pods', async () => {
    const page = await open('large')
    await planeTab('demo', 'Workloads')(page)
    await page.getByText(/3,\d\d\d objects/).waitFor()
    await page.getByRole('tree', { name: 'Workloads' }).focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('End')

    await page.getByRole('treeitem', { name: /Secret resolver/ }).waitFor()
    expect(await page.getByRole('treeitem').count()).toBeLessThan(120)
  })

  it('opens the vault with its passphrase, and reports a wrong one', async () => {
    const page = await open('locked')
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Passphrase', { exact: true }).fill('wrong but long enough')
    await dialog.getByRole('button', { name: 'Unlock vault' }).click()
    await dialog.getByText('does not open the vault').waitFor()
    await dialog.getByLabel('Passphrase', { exact: true }).fill('a passphrase of some length')
    await dialog.getByRole('button', { name: 'Unlock vault' }).click()

    await dialog.waitFor({ state: 'hidden' })
    expect(await storedByWindow(page)).not.toContain('a passphrase of some length')
  })
})
