import { Menu, type MenuItemConstructorOptions } from 'electron'

/** What the menu can offer. Entries without a function are left out. */
export interface MenuOffers {
  readonly mac: boolean
  /** Reload and developer tools, in a checkout only. */
  readonly developing: boolean
  /** Given only where this installation can be updated. */
  readonly checkForUpdates?: () => void
}

/** The menu consists of system roles, which have names, shortcuts and translations. */
function menuTemplate({ mac, developing, checkForUpdates }: MenuOffers): MenuItemConstructorOptions[] {
  const updates: MenuItemConstructorOptions[] =
    checkForUpdates === undefined ? [] : [{ label: 'Check for Updates…', click: () => checkForUpdates() }]
  const separator: MenuItemConstructorOptions = { type: 'separator' }
  const app: MenuItemConstructorOptions = {
    label: 'Hangar',
    submenu: mac
      ? [
          { role: 'about' },
          ...updates,
          separator,
          { role: 'hide' },
          { role: 'hideOthers' },
          { role: 'unhide' },
          separator,
          { role: 'quit' },
        ]
      : [{ role: 'about' }, ...updates, separator, { role: 'quit' }],
  }
  const development: MenuItemConstructorOptions[] = developing
    ? [{ role: 'reload' }, { role: 'toggleDevTools' }, separator]
    : []
  const view: MenuItemConstructorOptions = {
    label: 'View',
    submenu: [
      ...development,
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      separator,
      { role: 'togglefullscreen' },
    ],
  }
  return [app, { role: 'editMenu' }, view, { role: 'windowMenu' }]
}

export function setMenu(offers: MenuOffers): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(offers)))
}
