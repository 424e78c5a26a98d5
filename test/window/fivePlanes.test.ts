import type { Page } from 'playwright'
import { describe, expect, it } from 'vitest'
import { windowOfTests } from './openWindow.ts'
import { planeTab, waitUntilStable } from './viewState.ts'

const openWindow = windowOfTests()

/** What is wrong with each plane, as the window names it: the part that has the fault, and its reason. */
const faultsOf = {
  'payments-eu': [
    ['Agent', 'crash loop'],
    ['Certificate manager', 'Certificate gateway-tls: Its renewal is overdue'],
    ['Event hub', 'Connection timeout'],
  ],
  'orders-us': [
    ['Observability', 'it names no storage class'],
    ['Control plane', 'TLS interception'],
    ['Logs of gateway', 'permission missing'],
  ],
  'claims-ap': [
    ['API server of aks-claims-ap', 'is not trusted'],
    ['Images', 'Certificate expired'],
    ['Charts', 'Host name not found'],
  ],
  'ledger-eu': [
    ['installation failed', 'The agent was not ready within 5 min.'],
    ['Gateway', 'InstallFailed: Helm install failed: values do not meet the schema'],
    ['Service bus', 'Connection refused'],
  ],
  'shipping-eu': [
    ['Gateway', 'node worker-3 has not confirmed its end and may be lost'],
    ['Flux', 'suspended'],
    ["Let's Encrypt", 'Denied by proxy'],
  ],
} as const

/** Lines of the view that a person sees without a click or scrolling: in the window, not hidden, not cut. */
const seenLines = (page: Page): Promise<string[]> =>
  page.locator('main').evaluate((main) => {
    const isCut = (element: Element): boolean => {
      const { overflowX, overflowY } = getComputedStyle(element)
      const clips = overflowX !== 'visible' || overflowY !== 'visible'
      return clips && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1)
    }
    const isSeen = (element: Element): boolean => {
      const { top, bottom, width, height } = element.getBoundingClientRect()
      if (width <= 1 || height <= 1 || top < 0 || bottom > innerHeight) return false
      return element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    }
    return [...main.querySelectorAll<HTMLElement>('h2, button, p')]
      .filter((element) => isSeen(element) && ![element, ...element.querySelectorAll('*')].some(isCut))
      .map((element) => {
        // biome-ignore lint/performance/useDomNodeTextContent: texts for screen readers alone are not seen
        return element.innerText.replaceAll(/\s+/g, ' ')
      })
  })

/** What is seen of a plane on Home and on its Overview. */
async function linesOf(plane: string): Promise<readonly string[]> {
  const page = await openWindow({ scene: 'five-planes' })
  const home = page.getByRole('article', { name: plane })
  await home.waitFor()
  await waitUntilStable(page)
  const own = await home.getByRole('button').allTextContents()
  const onHome = (await seenLines(page)).filter((line) => own.includes(line))
  await planeTab(plane, 'Overview')(page)
  await page.getByRole('region', { name: 'Needs attention' }).waitFor()
  await waitUntilStable(page)
  return [...onHome, ...(await seenLines(page))]
}

describe('five planes with three faults each', () => {
  it.each(Object.entries(faultsOf))(
    '%s: Home or the Overview names each fault with its reason in one line, without a click',
    async (plane, faults) => {
      const lines = await linesOf(plane)
      const names = (line: string, part: string, reason: string) =>
        line.toLowerCase().includes(part.toLowerCase()) && line.includes(reason)
      expect(faults.filter(([part, reason]) => !lines.some((line) => names(line, part, reason)))).toEqual([])
    },
  )
})
