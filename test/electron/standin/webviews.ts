import type { DevToolsSession } from './devtools.ts'

const world = 'standin-webviews'
/** The binding of that world by which main hears of a `<webview>`. No page can see it. */
export const webviewSeen = 'standinWebviewSeen'

/** Reports each `<webview>` of the page, which chromium does not know, once it is in the document. */
export function observeWebviews(target: DevToolsSession): Promise<unknown>[] {
  return [
    target.send('Runtime.addBinding', { name: webviewSeen, executionContextName: world }),
    target.send('Page.addScriptToEvaluateOnNewDocument', {
      source: `(${observe})(globalThis.${webviewSeen})`,
      worldName: world,
    }),
  ]
}

/** Runs in the isolated world. */
function observe(report: (text: string) => void): void {
  new MutationObserver((records) => {
    for (const node of records.flatMap(({ addedNodes }) => [...addedNodes])) {
      if (node instanceof Element && node.localName === 'webview')
        report(JSON.stringify({ src: node.getAttribute('src') ?? '' }))
    }
  }).observe(document, { childList: true, subtree: true })
}
