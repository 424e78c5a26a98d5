import { MantineProvider } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { hostLost } from '../lib/problem.ts'
import { ProblemNotice } from '../ui/Notice.tsx'
import { readableColours, theme } from '../ui/theme.ts'
import { Frame } from './Frame.tsx'
import type { Session } from './session.ts'
import { SessionContext } from './sessionContext.ts'
import { useColourScheme } from './useColourScheme.ts'

export interface AppProps {
  readonly session: Session
  /** The host's word for this load; without it the content security policy refuses Mantine's style elements. */
  readonly styleNonce: () => string
}

export function App({ session, styleNonce }: AppProps) {
  const scheme = useColourScheme(session.settings)
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={readableColours}
      forceColorScheme={scheme}
      getStyleNonce={styleNonce}
    >
      <SessionContext value={session}>
        <LastResort>
          <Frame />
        </LastResort>
      </SessionContext>
    </MantineProvider>
  )
}

/** What is shown when drawing a view failed: a fault of ours, said plainly. The core goes on without the window. */
class LastResort extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false }
  static getDerivedStateFromError() {
    return { failed: true }
  }
  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <main style={{ padding: 24 }}>
        <ProblemNotice
          problem={{
            ...hostLost,
            code: 'WINDOW_FAILED',
            message: 'The window could not draw this view.',
            hint: 'Load the window again (Ctrl R). What runs in the background is not affected.',
          }}
        />
      </main>
    )
  }
}
