import type { App } from 'electron'
import { mayOpen } from './links.ts'

/** Prevents every page from navigating, opening windows and attaching web views. Known links open in the browser. */
export function confineNavigation(app: App, openExternal: (url: string) => Promise<void>): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault())
    contents.on('will-frame-navigate', (event) => event.preventDefault())
    contents.on('will-redirect', (event) => event.preventDefault())
    contents.on('will-attach-webview', (event) => event.preventDefault())
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpen(url)) void openExternal(url)
      return { action: 'deny' }
    })
  })
}
