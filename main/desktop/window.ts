import { BrowserWindow, type BrowserWindowConstructorOptions, nativeTheme, type Session } from 'electron'
import { origin } from './origin.ts'
import { safePreferences } from './web-preferences.ts'

/** Of the window before its page has drawn, so that nothing flashes: the page's own two backgrounds. */
const background = { dark: '#0e1013', light: '#f8f9fb' } as const

function windowOptions(session: Session, preload: string, devTools: boolean): BrowserWindowConstructorOptions {
  return {
    title: 'Hangar',
    width: 1_360,
    height: 860,
    minWidth: 760,
    minHeight: 520,
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      session,
      preload,
      devTools,
      ...safePreferences,
    },
  }
}

/** Opens the one window on our page; it is shown once it has something to show. */
export function openWindow(session: Session, preload: string, devTools: boolean): BrowserWindow {
  const window = new BrowserWindow(windowOptions(session, preload, devTools))
  window.once('ready-to-show', () => window.show())
  return window
}

/** Loads our page. A page that cannot be loaded is a broken installation: the promise rejects. */
export function loadPage(window: BrowserWindow): Promise<void> {
  return window.loadURL(`${origin}/`)
}

/** Brings the window to the front, for a second start of the app. */
export function raise(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore()
  window.show()
  window.focus()
}
