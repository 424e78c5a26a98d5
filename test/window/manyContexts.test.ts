import { expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'

const openWindow = windowOfTests()

it('the wizard lists 1,000 contexts, renders those in view, and finds one by several words', async () => {
  // Some of their clusters are unreachable, some credentials ended, some answer slowly; 100 planes are beside them.
  const page = await openWindow({ scene: 'fleet', address: '/install/cluster' })
  const list = page.getByRole('listbox', { name: 'Contexts' })
  await page.getByText('1,000 contexts').waitFor()
  expect(await list.getByRole('option').count()).toBeLessThan(80)
  await page.getByRole('textbox', { name: 'Filter contexts' }).fill('orders 004')
  await list.getByRole('option', { name: /orders-004/ }).click()
  await page.getByText(/cluster-orders-004 did not respond within 5 s/).waitFor()

  await page.getByRole('textbox', { name: 'Filter contexts' }).fill('009 eks')
  await list.getByRole('option', { name: /orders-009/ }).click()
  await page
    .getByText('The client certificate of arn-aws-eks-eu-central-1-111122223333-cluster-orders-009 ended.')
    .waitFor()

  // A slow cluster holds up nothing: another one is chosen meanwhile.
  await page.getByRole('textbox', { name: 'Filter contexts' }).fill('orders 007')
  await list.getByRole('option', { name: /orders-007/ }).click()
  await page.getByText(/^Connecting to/).waitFor()
  await page.getByRole('textbox', { name: 'Filter contexts' }).fill('orders 001')
  await list.getByRole('option', { name: /orders-001/ }).click()
  await page.getByText(/orders-001 is reachable/).waitFor()
})
