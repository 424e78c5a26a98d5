import '@mantine/core/styles.css'
import './ui/tokens.css'
import { createRoot } from 'react-dom/client'
import { connect, signOut } from './client.ts'
import { createLink } from './lib/link.ts'
import { pause } from './lib/pause.ts'
import { styleNonce } from './nonce.ts'
import { App } from './shell/App.tsx'
import { createSession, startSession } from './shell/session.ts'
import { reloadFailedStyles } from './ui/failedStyles.ts'
import { loadTheRest } from './ui/lazyView.tsx'

/** The font is a small file of the host; without it the window opens with the system's. */
const fontWaitMs = 400

const closing = new AbortController()
addEventListener('pagehide', () => closing.abort())

const session = createSession(createLink(connect, closing.signal, signOut))
void startSession(session, closing.signal).then(() => requestIdleCallback(() => void loadTheRest()))

void reloadFailedStyles()

const root = document.getElementById('root')
if (root === null) throw new Error('The page has no element with the id "root".')
// The first text has its font already: one that comes later would move it, or not be used at all.
const font = document.fonts.load('13px Inter').catch(() => undefined)
void Promise.race([font, pause(fontWaitMs, closing.signal)]).then(() =>
  createRoot(root).render(<App session={session} styleNonce={styleNonce} />),
)
