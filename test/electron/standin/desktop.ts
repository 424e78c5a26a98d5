import { EventEmitter } from 'node:events'

/** Dialogs, notifications and links that the host has shown: recorded for tests, displayed nowhere. */
export const shown: { readonly kind: string; readonly what: unknown }[] = []

const record = (kind: string, what: unknown): void => {
  shown.push({ kind, what })
}

export const shell = {
  async openExternal(url: string): Promise<void> {
    record('open', url)
  },
  beep(): void {},
} satisfies Partial<Electron.Shell>

export const dialog = {
  showErrorBox(title: string, content: string): void {
    record('error', { title, content })
    process.stderr.write(`${title}: ${content}\n`)
  },
  /** As if the user cancelled. */
  async showOpenDialog(): Promise<Electron.OpenDialogReturnValue> {
    return { canceled: true, filePaths: [] }
  },
  async showMessageBox(): Promise<Electron.MessageBoxReturnValue> {
    return { response: 0, checkboxChecked: false }
  },
}

/** Electron's Notification: recorded in `shown`. A test emits its `click` event, as the system does. */
export class Notification extends EventEmitter {
  readonly title: string
  readonly body: string
  constructor({ title = '', body = '' }: Electron.NotificationConstructorOptions = {}) {
    super()
    this.title = title
    this.body = body
  }
  static isSupported(): boolean {
    return true
  }
  show(): void {
    record('notification', this)
    this.emit('show', {})
  }
  close(): void {
    this.emit('close', {})
  }
}

/** Electron's Menu: its items, each with its submenu. Roles are in lower case, as Electron has them. */
interface BuiltMenu {
  readonly items: readonly { readonly label: string; readonly role?: string; readonly submenu?: BuiltMenu }[]
}

const built = (template: readonly Electron.MenuItemConstructorOptions[]): BuiltMenu => ({
  items: template.map(({ label = '', role, submenu }) => ({
    label,
    ...(role === undefined ? {} : { role: role.toLowerCase() }),
    ...(Array.isArray(submenu) ? { submenu: built(submenu) } : {}),
  })),
})

let menu: BuiltMenu | null = null
export const Menu = {
  buildFromTemplate: built,
  setApplicationMenu(given: BuiltMenu | null): void {
    menu = given
  },
  getApplicationMenu: () => menu,
}

export const nativeTheme = Object.assign(new EventEmitter(), {
  shouldUseDarkColors: false,
  themeSource: 'system' as 'system' | 'light' | 'dark',
})

export const powerMonitor = new EventEmitter()
