import { EventEmitter } from 'node:events'
import type { App } from 'electron'
import { describe, expect, it } from 'vitest'
import { confineNavigation } from './navigation.ts'

type OpenHandler = (details: { readonly url: string }) => { readonly action: string }

/** The contents of some window, as the host gets them from Electron, and what was opened in the browser. */
function confined() {
  const opened: string[] = []
  const app = new EventEmitter()
  confineNavigation(app as App, async (url) => void opened.push(url)) // it listens to the app, no more
  let open: OpenHandler = () => ({ action: 'allow' })
  const contents = Object.assign(new EventEmitter(), {
    setWindowOpenHandler(handler: OpenHandler) {
      open = handler
    },
  })
  app.emit('web-contents-created', {}, contents)
  return { contents, opened, open: (url: string) => open({ url }).action }
}

describe('the contents of every window', () => {
  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('prevent %s', (name) => {
    let prevented = false
    const event = {
      preventDefault() {
        prevented = true
      },
    }

    confined().contents.emit(name, event, 'https://evil.example/')

    expect(prevented).toBe(true)
  })

  it('open no window, and only known links in the browser', () => {
    const { open, opened } = confined()

    expect(open('https://kubernetes.io/docs/')).toBe('deny')
    expect(open('https://evil.example/')).toBe('deny')
    expect(opened).toEqual(['https://kubernetes.io/docs/'])
  })
})
