import { MantineProvider } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Link } from '../lib/link.ts'
import { timeFormat } from '../lib/time.ts'
import { t } from '../strings/t.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { readableColours, theme } from '../ui/theme.ts'
import { TimeFormatContext } from '../ui/timeFormat.ts'
import { Frame } from './Frame.tsx'
import { SignedOutPage } from './SignedOutPage.tsx'
import type { Session } from './session.ts'
import { SessionContext } from './sessionContext.ts'
import { useColourScheme } from './useColourScheme.ts'

export interface AppProps {
  readonly session: Session
  /** The host's nonce for this load; without it the content security policy blocks Mantine's style elements. */
  readonly styleNonce: () => string
}

const timeFormats = { local: timeFormat('local'), utc: timeFormat('utc') }

export function App({ session, styleNonce }: AppProps) {
  const scheme = useColourScheme(session.settings)
  const times = useStore(session.settings, ({ settings }) => timeFormats[settings?.timeZone ?? 'local'])
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColours}
      forceColorScheme={scheme}
      getStyleNonce={styleNonce}
    >
      <SessionContext value={session}>
        <TimeFormatContext value={times}>
          <ErrorBoundary>
            <Content link={session.link} />
          </ErrorBoundary>
        </TimeFormatContext>
      </SessionContext>
    </MantineProvider>
  )
}

function Content({ link }: { readonly link: Link }) {
  const { reason } = useStore(link.store)
  return reason === undefined ? <Frame /> : <SignedOutPage reason={reason} />
}

/** Shown when rendering a view fails. The core continues without the window. */
class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  /** Another view may work. */
  override componentDidMount() {
    addEventListener('hashchange', () => this.setState({ failed: false }))
  }
  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <main style={{ padding: 24 }}>
        <ProblemNotice
          problem={{
            code: 'WINDOW_FAILED',
            message: t('shell.failed.message'),
            hint: t('shell.failed.hint'),
            evidence: '',
          }}
        />
      </main>
    )
  }
}
