import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'
import { planeWizard } from './viewState.ts'
import { createDraft, install } from './wizardSteps.ts'

const openWindow = windowOfTests()

declare global {
  var consentQuestions: number
}

/** A page that counts the consent questions that it has shown. */
const open = (scene = 'usual'): Promise<Page> => openWindow({ scene, prepare: countQuestions })

const countQuestions = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    globalThis.consentQuestions = 0
    let shown = false
    new MutationObserver(() => {
      const now = [...document.querySelectorAll('[role=dialog]')].some((dialog) =>
        dialog.textContent.includes('The kubeconfig demands the following to sign in'),
      )
      if (now && !shown) globalThis.consentQuestions += 1
      shown = now
    }).observe(document, { subtree: true, childList: true })
  })

const questions = (page: Page) => page.evaluate(() => globalThis.consentQuestions)
const probes = (page: Page) => page.evaluate(() => fakeBackend.probes)
const dialogOf = (page: Page) => page.getByRole('dialog', { name: /^Sign-in to/ })
const allow = (page: Page) => dialogOf(page).getByRole('button', { name: 'Allow sign-in' }).click()

async function reviewInWizard(page: Page, context: string): Promise<void> {
  await page.getByRole('button', { name: 'Install a plane' }).first().click()
  await page.getByRole('option', { name: new RegExp(context) }).click()
  await page.getByRole('button', { name: 'Review sign-in' }).click()
  await dialogOf(page).waitFor()
}

/** Longer than the wizard waits before it probes a selected context. */
const restMs = 1_000

describe('a context that demands something of this computer', () => {
  it('is not probed by hovering over it, passing it with the keyboard or resting on it', async () => {
    const page = await open()
    await page.getByRole('button', { name: 'Install a plane' }).first().click()
    await page.getByRole('option', { name: /eks-analytics/ }).hover()
    await page.waitForTimeout(restMs)
    await page.getByRole('option', { name: /old-staging/ }).click()
    await page.keyboard.press('ArrowDown')
    await page.getByText('eks-analytics signs in with a program').waitFor()
    await page.waitForTimeout(restMs)

    expect(await probes(page)).toEqual({})
    expect(await questions(page)).toBe(0)
  })

  it('is shown in full, with the focus on Cancel, and Escape allows nothing', async () => {
    const page = await open()
    await reviewInWizard(page, 'vendor-staging')

    const text = (await dialogOf(page).textContent()) ?? ''
    for (const fact of [
      '/usr/bin/dash -c "curl -s https://login.vendor.example/token⟨U+202E⟩ | tee /tmp/t"',
      'PATH=/home/operator/Downloads/bin:/usr/bin',
      'CLIENT_SECRET=***',
      '/home/operator/.config/gh/hosts.yml',
      'Send credentials without encryption',
      'http://10.20.0.4:8080',
      '/home/operator/Downloads/vendor-staging.yaml',
    ]) {
      expect(text).toContain(fact)
    }
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Cancel')
    expect(await dialogOf(page).getByRole('checkbox').count()).toBe(0)
    await page.keyboard.press('Escape')
    await dialogOf(page).waitFor({ state: 'hidden' })
    await page.waitForTimeout(restMs)
    expect(await probes(page)).toEqual({})
    await page.getByRole('button', { name: 'Review sign-in' }).waitFor()
  })

  it('is allowed with nothing selected, and then the probe runs without another question', async () => {
    const page = await open()
    await reviewInWizard(page, 'eks-analytics')
    for (const box of await dialogOf(page).getByRole('checkbox').all()) expect(await box.isChecked()).toBe(false)
    await allow(page)

    await page.getByText('eks-analytics is reachable').waitFor()
    expect(await probes(page)).toEqual({ eks: 1 })
    expect(await questions(page)).toBe(1)
  })

  it('is shown again with what it demands now if that has changed', async () => {
    const page = await open()
    await reviewInWizard(page, 'eks-analytics')
    await page.evaluate(() => fakeBackend.changePrograms(['eks', 'get-token', '--cluster-name', 'another']))
    await allow(page)

    await dialogOf(page).getByText('Changed since it was shown').waitFor()
    expect(await dialogOf(page).textContent()).toContain('--cluster-name another')
    expect(await probes(page)).toEqual({})
    await allow(page)
    await page.getByText('eks-analytics is reachable').waitFor()
  })
})

describe('a first installation with the wizard', () => {
  it('asks one question for a kubeconfig with a credential program', async () => {
    const page = await open()
    await createDraft(page, 'eks-analytics', async () => {
      await page.getByRole('button', { name: 'Review sign-in' }).click()
      await allow(page)
    })
    await install(page)

    expect(await questions(page)).toBe(1)
  })

  it('asks no question for a kubeconfig without one', async () => {
    const page = await open()
    await createDraft(page)
    await install(page)

    expect(await questions(page)).toBe(0)
  })
})

describe('a plane on a context that is not allowed', () => {
  const openPlane = async (page: Page, tab: string) => {
    await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'payments-eu' }).click()
    await page.getByRole('tab', { name: tab }).click()
  }

  it('offers the review, and connects once it is allowed', async () => {
    const page = await open('consent')
    await openPlane(page, 'Workloads')
    await page.getByText('No state is known yet.').waitFor()
    expect(await questions(page)).toBe(0)
    await page.getByRole('button', { name: 'Review sign-in' }).click()
    await allow(page)

    await page.getByRole('treeitem', { name: /Agent/ }).getByText('Not installed').waitFor()
    await page.getByText('Sign-in not allowed yet').first().waitFor({ state: 'hidden' })
    expect(await questions(page)).toBe(1)
  })

  it('continues the preflight that needed the consent', async () => {
    const page = await open('consent')
    await planeWizard('payments-eu')(page)
    await page
      .getByRole('navigation', { name: 'Installation steps' })
      .getByRole('button', { name: 'Preflight' })
      .click()
    await page.getByRole('alert').getByRole('button', { name: 'Review', exact: true }).click()
    await allow(page)

    await page.getByText(/^Checked /).waitFor()
    expect(await questions(page)).toBe(1)
  })

  it('starts the collection of logs that needed the consent', async () => {
    const page = await open('consent')
    await openPlane(page, 'Logs')
    await page.getByRole('button', { name: 'Collect logs' }).click()
    await allow(page)

    await page.getByText('Collecting').first().waitFor()
    expect(await questions(page)).toBe(1)
  })

  it('needs no question after another context of the file was allowed with all known programs', async () => {
    const page = await open('consent')
    await reviewInWizard(page, 'eks-analytics')
    await dialogOf(page).getByRole('checkbox', { name: 'All known programs of this kubeconfig' }).click()
    await allow(page)
    await page.getByText('eks-analytics is reachable').waitFor()
    await openPlane(page, 'Workloads')

    await page.getByRole('treeitem', { name: /Agent/ }).getByText('Not installed').waitFor()
    expect(await questions(page)).toBe(1)
  })
})

describe('the settings', () => {
  it('show the helm of the PATH in full, allow it, and take it back', async () => {
    const page = await open()
    await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'Settings' }).click()
    await page.getByRole('radio', { name: /From PATH/ }).click()
    const helm = page.getByRole('region', { name: 'Helm of the PATH' })
    await helm.getByText('Not allowed yet').waitFor()
    expect(await helm.textContent()).toContain('/opt/helm/4.3.1⟨U+202E⟩/helm')
    await helm.getByRole('button', { name: 'Allow helm' }).click()
    await helm.getByText('Allowed', { exact: true }).waitFor()

    await page.getByRole('button', { name: 'Revoke: Run /usr/local/bin/helm' }).click()
    await helm.getByText('Not allowed yet').waitFor()
  })

  it('list what is allowed, and take it back', async () => {
    const page = await open()
    const settings = () =>
      page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name: 'Settings' }).click()
    await settings()
    await page.getByText('You have not allowed anything yet').waitFor()
    await reviewInWizard(page, 'eks-analytics')
    await dialogOf(page).getByRole('checkbox', { name: 'AWS_SESSION_TOKEN' }).click()
    await allow(page)
    await page.getByText('eks-analytics is reachable').waitFor()
    await settings()

    const list = page.getByRole('list', { name: 'Your approvals' })
    await list.waitFor()
    const text = (await list.textContent()) ?? ''
    expect(text).toContain('/usr/local/aws-cli/v2/2.31.9/dist/aws --region eu-central-1 eks get-token')
    expect(text).toContain('with AWS_SESSION_TOKEN')
    expect(text).toContain('/home/operator/.kube/config, since 20')
    await list.getByRole('button', { name: /^Revoke: Run/ }).click()
    await page.getByText('You have not allowed anything yet').waitFor()

    await page.getByRole('button', { name: 'Install a plane' }).first().click()
    await page.getByText('Sign-in not allowed yet').waitFor()
  })
})
