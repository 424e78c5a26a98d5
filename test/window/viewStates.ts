import type { Page } from 'playwright'
import { connectivityStates } from './connectivityStates.ts'
import { demoId } from './fake-backend/planes.ts'
import { openKit, verifyKit } from './kitFiles.ts'
import { chooseDraftCluster, chooseVendorFiles, proposeProfile } from './vendorFiles.ts'
import { planeTab, planeWizard, type ViewState } from './viewState.ts'

const link = (name: string) => async (page: Page) => {
  await page.getByRole('navigation', { name: 'Hangar' }).getByRole('button', { name }).click()
}

const home = async (page: Page) => {
  await page.getByRole('heading', { name: 'Planes', level: 1 }).waitFor()
}

const step = (name: string) => async (page: Page) => {
  await planeWizard('payments-eu')(page)
  await page.getByRole('navigation', { name: 'Installation steps' }).getByRole('button', { name }).click()
}

/** Selects a context in the wizard and opens the review of what it demands. */
const review = (context: RegExp) => async (page: Page) => {
  await link('Install a plane')(page)
  await page.getByRole('option', { name: context }).click()
  await page.getByRole('button', { name: 'Review sign-in' }).click()
  await page.getByRole('dialog', { name: /^Sign-in to/ }).waitFor()
}

const endpointCheck = async (page: Page) => {
  await page.getByRole('button', { name: 'Check endpoints only' }).click()
  await page.getByRole('heading', { name: 'Check endpoints', level: 1 }).waitFor()
}

const lookAround = (tab: string) => async (page: Page) => {
  await home(page)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: /^Look around/ }).click()
  await page.getByRole('tab', { name: tab }).click()
  await page.getByText('Recorded demo plane').waitFor()
}

/** The fake engine behaves as the name of its service says. */
const searchedIn = (service: string) => async (page: Page) => {
  await planeTab('demo', 'Logs')(page)
  await page.getByRole('button', { name: /^Search in:/ }).click()
  await page.getByRole('textbox', { name: 'Service of Loki' }).fill(`logging/${service}:3100`)
  await page.getByRole('button', { name: 'Search there' }).click()
  await page.getByText('No histogram').waitFor()
}

const fetchedFrom = (service: string, shown: string) => async (page: Page) => {
  await searchedIn(service)(page)
  await page.getByRole('button', { name: 'Take offline …' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Take offline', exact: true }).click()
  await page.getByRole('dialog').getByText(shown).waitFor()
}

const connectForm = async (page: Page) => {
  await home(page)
  await page.getByRole('button', { name: 'New', exact: true }).click()
  await page.getByRole('menuitem', { name: /^Connect to a running plane/ }).click()
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await page.getByRole('option', { name: 'Demo plane' }).click()
}

const chooseProfile = async (page: Page) => {
  await endpointCheck(page)
  await page.getByRole('combobox', { name: 'Profile' }).click()
  await page.getByRole('option').first().click()
  await page.getByRole('heading', { name: 'Settings that the endpoints refer to' }).waitFor()
}

export const viewStates: readonly ViewState[] = [
  { name: 'home', go: home },
  { name: 'five-home', scene: 'five-planes', go: home },
  ...['payments-eu', 'orders-us', 'claims-ap', 'ledger-eu', 'shipping-eu'].flatMap((plane) =>
    ['Overview', 'Connectivity', 'Workloads'].map((tab) => ({
      name: `five-${plane}-${tab.toLowerCase()}`,
      scene: 'five-planes',
      go: planeTab(plane, tab),
    })),
  ),
  { name: 'home-fleet', scene: 'fleet', go: home },
  {
    name: 'home-tiles',
    async go(page) {
      await page.getByRole('radiogroup', { name: 'Layout' }).getByText('Tiles').click()
      await page.getByRole('combobox', { name: 'Group by' }).click()
      await page.getByRole('option', { name: 'Region' }).click()
      await page.getByRole('heading', { name: /^westeurope/ }).waitFor()
    },
  },
  {
    name: 'home-edit',
    async go(page) {
      await page.getByRole('button', { name: 'Actions for demo' }).click()
      await page.getByRole('menuitem', { name: 'Edit plane …' }).click()
      await page.getByRole('dialog', { name: 'Edit demo' }).waitFor()
    },
  },
  { name: 'home-empty', scene: 'empty', go: async () => undefined },
  {
    name: 'home-new',
    async go(page) {
      await home(page)
      await page.getByRole('button', { name: 'New', exact: true }).click()
      await page.getByRole('menuitem', { name: /^Install a plane/ }).waitFor()
    },
  },
  { name: 'recorded-overview', go: lookAround('Overview') },
  { name: 'recorded-connectivity', go: lookAround('Connectivity') },
  { name: 'recorded-workloads', go: lookAround('Workloads') },
  { name: 'recorded-logs', go: lookAround('Logs') },
  { name: 'connect-form', go: connectForm },
  {
    name: 'connect-found',
    async go(page) {
      await connectForm(page)
      await page.getByRole('option', { name: /^bed-1/ }).click()
      await page.getByRole('button', { name: 'Look for the plane' }).click()
      await page.getByRole('table', { name: 'Components' }).scrollIntoViewIfNeeded()
    },
  },
  { name: 'check-profile', scene: 'empty', go: chooseProfile },
  {
    name: 'check-list',
    scene: 'empty',
    async go(page) {
      await endpointCheck(page)
      await page.getByText('A list').click()
      await page.getByRole('textbox', { name: 'List of endpoints' }).fill('endpoints:\n  - id: a\n    protocol: pigeon')
      await page.getByRole('button', { name: 'Check endpoints' }).last().click()
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'check-results',
    scene: 'empty',
    async go(page) {
      await chooseProfile(page)
      await page.getByRole('textbox', { name: 'Host' }).fill('cp.example.com')
      await page.getByRole('button', { name: 'Check endpoints' }).last().click()
      await page.getByRole('button', { name: 'Export report' }).waitFor()
    },
  },
  { name: 'overview', go: planeTab('demo', 'Overview') },
  {
    name: 'overview-list',
    async go(page) {
      await planeTab('demo', 'Overview')(page)
      await page.getByRole('radiogroup', { name: 'View of the map' }).getByText('List').click()
      await page.getByRole('table', { name: 'Connections' }).waitFor()
    },
  },
  {
    name: 'overview-endpoint',
    async go(page) {
      await planeTab('demo', 'Overview')(page)
      await page.getByRole('button', { name: /to Event hub/ }).click()
      await page.getByRole('dialog', { name: 'Event hub' }).waitFor()
    },
  },
  {
    name: 'overview-component',
    async go(page) {
      await planeTab('demo', 'Overview')(page)
      await page.getByRole('button', { name: /^Agent: Degraded/ }).click()
      await page.getByRole('dialog', { name: 'Agent' }).getByText('heartbeat sent').first().waitFor()
    },
  },
  {
    name: 'overview-checking',
    scene: 'slow',
    async go(page) {
      await planeTab('demo', 'Overview')(page)
      await page.getByRole('button', { name: 'Check connections' }).click()
      await page.getByText('Connections are being checked.').waitFor()
    },
  },
  {
    name: 'overview-planned',
    scene: 'planned',
    async go(page) {
      await planeTab('payments-eu', 'Overview')(page)
      await page.getByRole('group', { name: 'Map of payments-eu' }).waitFor()
    },
  },
  { name: 'about', go: planeTab('demo', 'About') },
  { name: 'overview-consent', scene: 'consent', go: planeTab('payments-eu', 'Overview') },
  { name: 'overview-profile-changed', scene: 'profile-changed', go: planeTab('demo', 'Overview') },
  {
    name: 'profile-changed',
    scene: 'profile-changed',
    async go(page) {
      await planeTab('demo', 'Overview')(page)
      await page.getByRole('button', { name: 'Review changes' }).click()
      await page.getByRole('dialog').waitFor()
    },
  },
  { name: 'overview-untrusted', scene: 'untrusted', go: planeTab('demo', 'Overview') },
  { name: 'overview-uninstalled', scene: 'uninstalled', go: planeTab('demo', 'Overview') },
  { name: 'overview-stale', scene: 'stale', go: planeTab('demo', 'Overview') },
  ...connectivityStates,
  { name: 'workloads', go: planeTab('demo', 'Workloads') },
  {
    name: 'workloads-object',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('treeitem', { name: /Pod agent/ }).click()
      await page.getByRole('dialog').getByText('CrashLoopBackOff').first().waitFor()
    },
  },
  {
    name: 'workloads-yaml',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('treeitem', { name: /Pod agent/ }).click()
      await page.getByRole('dialog').locator('summary').click()
      await page.getByRole('dialog').getByRole('region', { name: 'YAML' }).scrollIntoViewIfNeeded()
    },
  },
  {
    name: 'workloads-component',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('treeitem', { name: /^Agent/ }).click()
      await page.getByRole('dialog').getByText('Unhealthy objects').waitFor()
    },
  },
  {
    name: 'workloads-gone',
    scene: 'gone',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('treeitem', { name: /Pod agent/ }).click()
      await page.getByText('The object no longer exists in the cluster').waitFor()
    },
  },
  {
    name: 'workloads-forbidden',
    scene: 'forbidden',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('treeitem', { name: /Pod agent/ }).click()
      await page
        .getByRole('dialog')
        .getByText(/cannot be read: it is forbidden/)
        .waitFor()
    },
  },
  {
    name: 'workloads-events',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('button', { name: 'Plane events' }).click()
      await page.getByRole('list', { name: 'Events' }).getByText('BackOff').first().waitFor()
    },
  },
  {
    name: 'workloads-filtered',
    async go(page) {
      await page.goto(`${page.url().split('#')[0]}#/planes/${demoId}/workloads?show=unhealthy&kind=Pod&sort=restarts`)
      await page.getByRole('treeitem').first().waitFor()
    },
  },
  {
    name: 'workloads-no-match',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.getByRole('textbox', { name: 'Search workloads' }).fill('no-such-object')
      await page.getByText('No matching workloads').waitFor()
    },
  },
  { name: 'workloads-stale', scene: 'stale', go: planeTab('demo', 'Workloads') },
  { name: 'workloads-consent', scene: 'consent', go: planeTab('payments-eu', 'Workloads') },
  { name: 'workloads-planned', scene: 'planned', go: planeTab('payments-eu', 'Workloads') },
  { name: 'logs', go: planeTab('demo', 'Logs') },
  {
    name: 'logs-sources',
    go: async (page) => {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('button', { name: /permission missing for 1 source/ }).click()
      await page.getByRole('list', { name: 'Collection by source' }).waitFor()
    },
  },
  {
    name: 'logs-line',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page
        .getByRole('option', { name: /Connection refused/ })
        .first()
        .click()
    },
  },
  {
    name: 'logs-search',
    scene: 'stale',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('textbox', { name: 'Search logs' }).fill('refused sap')
      await page.getByText(/lines match|lines \(/).waitFor()
    },
  },
  {
    name: 'logs-around',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('textbox', { name: 'Search logs' }).fill('refused sap')
      const hit = page.getByRole('option', { name: /Connection refused/ })
      await hit.nth(9).click()
      await page.getByRole('button', { name: 'Lines around it' }).click()
      await page.getByRole('listbox', { name: 'Related log lines' }).waitFor()
    },
  },
  {
    name: 'logs-wrapped',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('switch', { name: 'Wrap' }).press('Space')
      await page.getByRole('button', { name: 'Columns' }).click()
      await page.getByRole('checkbox', { name: 'orderId' }).press('Space')
      await page.getByRole('checkbox', { name: 'Pod' }).press('Space')
      await page.keyboard.press('Escape')
      await page
        .getByRole('option', { name: /Connection refused/ })
        .first()
        .click()
      await page.keyboard.press('ArrowRight')
      await page.getByText('TargetHandler.java:128').first().waitFor()
    },
  },
  {
    name: 'logs-patterns',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('radio', { name: 'Patterns' }).press('Space')
      await page.getByRole('row', { name: /Connection refused/ }).waitFor()
    },
  },
  {
    name: 'logs-patterns-compared',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('radio', { name: 'Patterns' }).press('Space')
      await page.getByRole('combobox', { name: 'Time range' }).click()
      await page.getByRole('option', { name: 'Last hour' }).click()
      await page.getByRole('switch', { name: 'Compare with the time before' }).press('Space')
      await page.getByRole('columnheader', { name: 'Before' }).waitFor()
    },
  },
  {
    name: 'logs-saved-searches',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('button', { name: 'Saved', exact: true }).click()
      await page.getByRole('button', { name: /^Refused by SAP/ }).waitFor()
    },
  },
  {
    name: 'logs-retention',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('button', { name: 'Retention …' }).click()
      await page.getByRole('combobox', { name: 'Keep lines for' }).click()
      await page.getByRole('option', { name: '7 days' }).click()
      await page.getByText('of 3 days now').waitFor()
    },
  },
  {
    name: 'logs-audit',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('button', { name: 'Audit record' }).click()
      await page.getByText('level:error').waitFor()
    },
  },
  {
    name: 'logs-engine-chooser',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('button', { name: /^Search in:/ }).click()
      await page.getByRole('button', { name: /^Loki/ }).waitFor()
    },
  },
  {
    name: 'logs-engine-refused',
    scene: 'engine-refused',
    async go(page) {
      await planeTab('demo', 'Logs')(page)
      await page.getByRole('button', { name: /^Search in:/ }).click()
      await page.getByText('No log engine found in').waitFor()
    },
  },
  { name: 'logs-engine', go: searchedIn('loki') },
  { name: 'logs-engine-paused', go: searchedIn('slow') },
  { name: 'logs-engine-forbidden', go: searchedIn('forbidden') },
  {
    name: 'logs-fetch',
    async go(page) {
      await searchedIn('loki')(page)
      await page.getByRole('button', { name: 'Take offline …' }).click()
    },
  },
  { name: 'logs-fetch-running', go: fetchedFrom('waiting', '5 of 12 days of containers') },
  { name: 'logs-fetch-done', go: fetchedFrom('loki', 'All lines are on this computer') },
  { name: 'logs-fetch-partial', go: fetchedFrom('partial', 'Some days are missing') },
  { name: 'logs-fetch-failed', go: fetchedFrom('breaking', 'What was stored until then stays.') },
  { name: 'logs-empty', go: planeTab('payments-eu', 'Logs') },
  { name: 'activity', go: link('Activity') },
  { name: 'activity-empty', scene: 'empty', go: link('Activity') },
  { name: 'activity-gaps', scene: 'activity-gaps', go: link('Activity') },
  {
    name: 'activity-filtered',
    async go(page) {
      await link('Activity')(page)
      await page.getByRole('group', { name: 'Kinds' }).getByText('Profiles').click()
      await page.getByRole('button', { name: '5 changes' }).click()
      await page.getByText('endpoints.event-hub.port').waitFor()
    },
  },
  { name: 'activity-plane', scene: 'failed', go: planeTab('payments-eu', 'Activity') },
  { name: 'wizard-cluster', go: link('Install a plane') },
  {
    name: 'wizard-cluster-chosen',
    async go(page) {
      await link('Install a plane')(page)
      await page.getByRole('option', { name: /on-premises/ }).click()
      await page.getByText('did not respond').waitFor()
    },
  },
  {
    name: 'wizard-cluster-consent',
    async go(page) {
      await link('Install a plane')(page)
      await page.getByRole('option', { name: /eks-analytics/ }).click()
      await page.getByText('Sign-in not allowed yet').waitFor()
    },
  },
  { name: 'consent', go: review(/eks-analytics/) },
  { name: 'consent-foreign', go: review(/vendor-staging/) },
  {
    name: 'consent-changed',
    async go(page) {
      await review(/eks-analytics/)(page)
      await page.evaluate(() => fakeBackend.changePrograms(['eks', 'get-token', '--cluster-name', 'another']))
      await page.getByRole('button', { name: 'Allow sign-in' }).click()
      await page.getByText('Changed since it was shown').waitFor()
    },
  },
  {
    name: 'wizard-profile',
    async go(page) {
      await link('Install a plane')(page)
      await page.getByRole('option', { name: /bed-1/ }).click()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByRole('radio', { name: /Demo plane/ }).click()
      await page.getByRole('radio', { name: /Self-managed/ }).click()
    },
  },
  {
    name: 'wizard-settings',
    async go(page) {
      await step('Settings')(page)
      await page.getByLabel('Region').waitFor()
    },
  },
  {
    name: 'wizard-settings-values',
    async go(page) {
      await step('Settings')(page)
      await page.getByRole('button', { name: 'Where values come from' }).click()
      await page.getByRole('region', { name: 'plane-agent' }).waitFor()
    },
  },
  {
    name: 'wizard-settings-yaml',
    async go(page) {
      await step('Settings')(page)
      await page.getByRole('radiogroup', { name: 'Edit settings as' }).getByText('YAML', { exact: true }).click()
      const editor = page.getByRole('textbox', { name: 'YAML of the settings' })
      await editor.getByText('controlPlane').waitFor()
      await editor.click()
      await page.keyboard.press('ControlOrMeta+End')
      await page.keyboard.type('token: abc')
      await page.getByText('The YAML is not taken').waitFor()
    },
  },
  {
    name: 'wizard-settings-errors',
    async go(page) {
      await step('Settings')(page)
      await page.getByLabel('Host').fill('')
      await page
        .getByRole('textbox', { name: 'Certificate authority (PEM)' })
        .fill('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----')
      await page.getByText('Expires soon').waitFor()
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByText('is required').first().waitFor()
    },
  },
  {
    name: 'wizard-preflight',
    async go(page) {
      await step('Preflight')(page)
      await page.getByText(/^Checked /).waitFor()
    },
  },
  {
    name: 'wizard-preflight-consent',
    scene: 'consent',
    async go(page) {
      await step('Preflight')(page)
      await page.getByText('signs in with a program that you have not allowed').waitFor()
    },
  },
  {
    name: 'wizard-preflight-blocked',
    scene: 'blocked',
    async go(page) {
      await step('Preflight')(page)
      await page.getByText('Fix the failed required checks').waitFor()
    },
  },
  { name: 'wizard-connectivity', go: step('Connectivity') },
  { name: 'wizard-review', go: step('Review') },
  { name: 'wizard-install', scene: 'running', go: planeWizard('payments-eu') },
  { name: 'wizard-install-large', scene: 'install-large', go: planeWizard('payments-eu') },
  { name: 'wizard-interrupted', go: planeWizard('payments-eu') },
  { name: 'wizard-failed', scene: 'failed', go: planeWizard('payments-eu') },
  { name: 'wizard-done', go: planeWizard('demo') },
  {
    name: 'uninstall',
    async go(page) {
      await planeWizard('demo')(page)
      await page.getByRole('button', { name: 'Uninstall plane …' }).click()
      await page.getByRole('list', { name: 'Plan steps' }).waitFor()
    },
  },
  { name: 'profiles', go: link('Profiles') },
  {
    name: 'vendor-files',
    async go(page) {
      await link('Profiles')(page)
      await chooseVendorFiles(page, [
        { name: 'install.sh', text: 'helm upgrade --install agent charts/agent' },
        { name: 'huge.tgz', text: 'x'.repeat(5_300_000) },
      ])
      await page.getByText('1 file was not taken').waitFor()
    },
  },
  {
    name: 'vendor-cluster',
    async go(page) {
      await link('Profiles')(page)
      await chooseDraftCluster(page, /^bed-1/)
      await page.getByRole('button', { name: 'Propose a profile' }).click()
      await page.getByText('Listing Secrets in all namespaces is not permitted').waitFor()
    },
  },
  {
    name: 'vendor-review',
    async go(page) {
      await link('Profiles')(page)
      await proposeProfile(page)
      await page.getByRole('button', { name: /^Confirm 5/ }).click()
    },
  },
  {
    name: 'vendor-update',
    async go(page) {
      await link('Profiles')(page)
      await page.getByRole('list', { name: 'Profiles' }).getByRole('button', { name: /draft/ }).click()
      await page.getByRole('button', { name: 'Update from vendor’s files' }).click()
      await chooseVendorFiles(page, [{ name: 'install.sh', text: '' }])
      await page.getByRole('button', { name: 'Compare with the profile' }).click()
      await page.getByRole('listbox', { name: 'Changes' }).waitFor()
    },
  },
  {
    name: 'kit-verified',
    async go(page) {
      await openKit(page)
      await verifyKit(page, 'plane.kit')
      await page.getByText('every byte is as the key').waitFor()
    },
  },
  {
    name: 'kit-other-key',
    async go(page) {
      await openKit(page)
      await verifyKit(page, 'plane.kit', 'untrusted comment: other')
      await page.getByRole('alert').waitFor()
    },
  },
  {
    name: 'kit-pushing',
    async go(page) {
      await openKit(page)
      await verifyKit(page, 'plane.kit')
      await page.getByLabel('Registry and path').fill('slow.example.com:5000/planes')
      await page.getByRole('button', { name: 'Push to the registry' }).click()
      const bar = page.getByRole('progressbar', { name: 'Pushing' })
      await bar.scrollIntoViewIfNeeded()
      await page.getByText('306.2 of 612.4 MB').waitFor()
    },
  },
  {
    name: 'kit-imported',
    async go(page) {
      await openKit(page)
      await verifyKit(page, 'plane.kit')
      await page.getByLabel('Registry and path').fill('registry.example.com:5000/planes')
      await page.getByRole('button', { name: 'Push to the registry' }).click()
      await page.getByRole('button', { name: 'Create profile' }).click()
      const created = page.getByText('The profile “demo-kit” is created')
      await created.waitFor()
      await created.scrollIntoViewIfNeeded()
    },
  },
  { name: 'kit', go: openKit },
  {
    name: 'profile-faulty',
    async go(page) {
      await link('Profiles')(page)
      await page.getByRole('list', { name: 'Profiles' }).getByRole('button', { name: /draft/ }).click()
      await page.getByRole('list', { name: 'Errors' }).waitFor()
    },
  },
  {
    name: 'profile-not-yaml',
    async go(page) {
      await link('Profiles')(page)
      await page.getByRole('list', { name: 'Profiles' }).getByRole('button', { name: /draft/ }).click()
      const editor = page.locator('.cm-content')
      await editor.click()
      await page.keyboard.press('Control+Home')
      await page.keyboard.insertText('title: orders: europe\n')
      await page.getByText('Line 1, column 8').waitFor()
    },
  },
  { name: 'settings', go: link('Settings') },
  {
    name: 'settings-search',
    async go(page) {
      await link('Settings')(page)
      await page.getByRole('textbox', { name: 'Search settings' }).fill('lock')
    },
  },
  {
    name: 'signed-out',
    go: async (page) => {
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'Signed out' }).waitFor()
    },
  },
  {
    name: 'settings-allowed',
    async go(page) {
      for (const context of [/eks-analytics/, /vendor-staging/]) {
        await review(context)(page)
        await page.getByRole('button', { name: 'Allow sign-in' }).click()
        await page.getByText('is reachable').waitFor()
      }
      await link('Settings')(page)
      await page.getByRole('list', { name: 'Your approvals' }).scrollIntoViewIfNeeded()
    },
  },
  { name: 'vault-locked', scene: 'locked', go: async (page) => page.getByRole('dialog').waitFor() },
  {
    name: 'vault-empty',
    scene: 'no-passphrase',
    async go(page) {
      await planeTab('payments-eu', 'Logs')(page)
      await page.getByRole('button', { name: 'Collect logs' }).click()
      await page.getByLabel('Passphrase', { exact: true }).fill('correct horse battery staple')
    },
  },
  {
    name: 'palette',
    async go(page) {
      await planeTab('demo', 'Overview')(page)
      await page.keyboard.press('Control+k')
      await page.getByRole('textbox', { name: 'Search views and actions' }).fill('logs')
    },
  },
  {
    name: 'shortcuts',
    async go(page) {
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    },
  },
  {
    name: 'help',
    async go(page) {
      await link('Help')(page)
      await page.getByRole('article', { name: 'Guide' }).waitFor()
    },
  },
  {
    name: 'help-search',
    async go(page) {
      await link('Help')(page)
      await page.getByRole('textbox', { name: 'Search the help' }).fill('certificate')
      await page.getByRole('list', { name: 'Search results' }).waitFor()
    },
  },
  {
    name: 'host-lost',
    async go(page) {
      await planeTab('demo', 'Workloads')(page)
      await page.evaluate(() => fakeBackend.disconnect())
      await page.getByText('Connection to Hangar lost').waitFor()
    },
  },
]
