import type { Mutation } from '../mutation.ts'

const trust = (title: string): Mutation['test'] => ({ project: 'unit', file: 'main/desktop/trust.test.ts', title })
const onElectron = (title: string): Mutation['test'] => ({
  project: 'window',
  file: 'test/electron/security.test.ts',
  title,
})

/** Each option of the window that bears on safety, and the value that it must not have. */
const windowOptions = Object.entries({
  sandbox: ['true', 'false'],
  contextIsolation: ['true', 'false'],
  nodeIntegration: ['false', 'true'],
  nodeIntegrationInWorker: ['false', 'true'],
  nodeIntegrationInSubFrames: ['false', 'true'],
  webSecurity: ['true', 'false'],
  allowRunningInsecureContent: ['false', 'true'],
  experimentalFeatures: ['false', 'true'],
  enableBlinkFeatures: ["''", "'ExecCommandInJavaScript'"],
  webviewTag: ['false', 'true'],
  plugins: ['false', 'true'],
  navigateOnDragDrop: ['false', 'true'],
  safeDialogs: ['true', 'false'],
  spellcheck: ['false', 'true'],
  webgl: ['false', 'true'],
}).map(
  ([name, [safe, unsafe]]): Mutation => ({
    id: `window-option-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    file: 'main/desktop/web-preferences.ts',
    find: `  ${name}: ${safe},`,
    replace: `  ${name}: ${unsafe},`,
    test: {
      project: 'unit',
      file: 'main/desktop/web-preferences.test.ts',
      title: 'the window has each option that bears on safety',
    },
  }),
)

/** Each event by which a page would leave or bring in another. */
const navigation = ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'].map(
  (name): Mutation => ({
    id: name,
    file: 'main/desktop/navigation.ts',
    find: `    contents.on('${name}', (event) => event.preventDefault())\n`,
    replace: '',
    test: { project: 'unit', file: 'main/desktop/navigation.test.ts', title: 'the contents of every window' },
  }),
)

const permissions = (title: string): Mutation['test'] => ({
  project: 'unit',
  file: 'main/desktop/permissions.test.ts',
  title,
})

/** The desktop host: Electron's window, session and handshake. */
export const desktop: readonly Mutation[] = [
  ...windowOptions,
  {
    id: 'window-options-used',
    file: 'main/desktop/window.ts',
    find: '      ...safePreferences,\n',
    replace: '',
    test: onElectron('are set explicitly in the preferences of the window'),
  },
  ...navigation,
  {
    id: 'enable-sandbox',
    file: 'main/index.ts',
    find: 'app.enableSandbox()\n',
    replace: '',
    test: onElectron('sandbox it all the same'),
  },
  {
    id: 'frame-navigation-on-electron',
    file: 'main/desktop/navigation.ts',
    find: "    contents.on('will-frame-navigate', (event) => event.preventDefault())\n",
    replace: '',
    test: onElectron('prevent navigation of a frame, in a page without a content policy'),
  },
  {
    id: 'webview-on-electron',
    file: 'main/desktop/navigation.ts',
    find: "    contents.on('will-attach-webview', (event) => event.preventDefault())\n",
    replace: '',
    test: onElectron('attach no web view'),
  },
  {
    id: 'developer-tools',
    file: 'main/index.ts',
    find: "'bridge.cjs'), !app.isPackaged)",
    replace: "'bridge.cjs'), app !== undefined)",
    test: { project: 'window', file: 'test/electron/packaged.test.ts', title: 'in an installed app' },
  },
  {
    id: 'developer-tools-in-the-menu',
    file: 'main/index.ts',
    find: 'developing: !app.isPackaged',
    replace: 'developing: app !== undefined',
    test: { project: 'window', file: 'test/electron/packaged.test.ts', title: 'in an installed app' },
  },
  {
    id: 'permission-request',
    file: 'main/desktop/permissions.ts',
    find: /session\.setPermissionRequestHandler\([\s\S]*?\n {2}\}\)\n/,
    replace: '',
    test: permissions('a request for'),
  },
  {
    id: 'permission-check',
    file: 'main/desktop/permissions.ts',
    find: /session\.setPermissionCheckHandler\([\s\S]*?\n {2}\)\n/,
    replace: '',
    test: permissions('a check of'),
  },
  {
    id: 'permission-check-on-electron',
    file: 'main/desktop/permissions.ts',
    find: /session\.setPermissionCheckHandler\([\s\S]*?\n {2}\)\n/,
    replace: '',
    test: onElectron('grant the page only the permission to copy'),
  },
  {
    id: 'permission-device',
    file: 'main/desktop/permissions.ts',
    find: '  session.setDevicePermissionHandler(() => false)\n',
    replace: '',
    test: permissions('device is refused, also one that was granted before'),
  },
  {
    id: 'new-windows',
    file: 'main/desktop/navigation.ts',
    find: "return { action: 'deny' }",
    replace: "return { action: 'allow' }",
    test: onElectron('open no window, and pass only known https addresses to the browser'),
  },
  {
    id: 'open-external',
    file: 'main/desktop/navigation.ts',
    find: 'if (mayOpen(url)) void',
    replace: "if (mayOpen(url) || url !== '') void",
    test: onElectron('open no window, and pass only known https addresses to the browser'),
  },
  {
    id: 'open-external-https',
    file: 'main/desktop/links.ts',
    find: "parsed.protocol === 'https:' && documentation.has(parsed.origin)",
    replace: 'documentation.has(`https://${parsed.hostname}`)',
    test: trust('in the browser: '),
  },
  {
    id: 'window-network',
    file: 'main/desktop/network.ts',
    find: 'done({ cancel: !mayLoad(url) })',
    replace: 'done({ cancel: !mayLoad(url) && url === "" })',
    test: onElectron('block all network access of the session, for a page without a content policy too'),
  },
  {
    id: 'downloads-of-the-page',
    file: 'main/desktop/downloads.ts',
    find: "url.startsWith('blob:') && isOurs(url.slice('blob:'.length)) && item.hasUserGesture()",
    replace: "url.startsWith('blob:') && item.hasUserGesture()",
    test: trust('be saved: '),
  },
  {
    id: 'downloads-by-gesture',
    file: 'main/desktop/downloads.ts',
    find: ' && item.hasUserGesture()',
    replace: '',
    test: trust('be saved: '),
  },
  {
    id: 'port-to-the-top-frame',
    file: 'main/desktop/asker.ts',
    find: 'asker === topFrame && asker.parent === null',
    replace: 'topFrame !== null',
    test: trust('says no to a frame inside ours, to a frame of another window, and to one that is gone'),
  },
  {
    id: 'port-to-the-origin',
    file: 'main/desktop/asker.ts',
    find: 'asker.origin === origin && isOurs(asker.url)',
    replace: 'isOurs(asker.url)',
    test: trust('even as the top frame'),
  },
  {
    id: 'port-to-the-page',
    file: 'main/desktop/asker.ts',
    find: 'asker.origin === origin && isOurs(asker.url)',
    replace: 'asker.origin === origin',
    test: trust('even as the top frame'),
  },
  {
    id: 'port-once-per-page',
    file: 'main/desktop/handshake.ts',
    find: ' || given !== undefined) return',
    replace: ') return',
    test: onElectron('give one port to a page of our origin'),
  },
  {
    id: 'port-handshake',
    file: 'main/desktop/handshake.ts',
    find: 'if (!mayHavePort(frame, webContents.mainFrame)) return',
    replace: '',
    test: onElectron('give no port to a page of another origin'),
  },
  {
    id: 'origin-authority',
    file: 'main/desktop/origin.ts',
    find: 'parsed.host === authority',
    replace: 'parsed.host.startsWith(authority)',
    test: trust('for ours, nor load it'),
  },
  {
    id: 'origin-scheme',
    file: 'main/desktop/origin.ts',
    find: 'parsed.protocol === `${scheme}:` &&',
    replace: '',
    test: trust('for ours, nor load it'),
  },
  {
    id: 'pages-of-our-authority',
    file: 'main/desktop/answer.ts',
    find: "method === 'GET' && isOurs(url) ?",
    replace: "method === 'GET' ?",
    test: trust('answers for another authority, and to what is no read, as for an absent file'),
  },
  {
    id: 'permissions-list',
    file: 'main/desktop/permissions.ts',
    find: 'granted.has(permission) && isOurs(url)',
    replace: 'isOurs(url)',
    test: onElectron('grant the page only the permission to copy'),
  },
]
