import { Button } from '@mantine/core'
import { Component, type ReactNode } from 'react'
import { t } from '../strings/t.ts'
import { ProblemNotice } from './Notice.tsx'

/** The script or the styles of a view did not arrive. */
export class ViewNotLoaded extends Error {
  constructor(options: ErrorOptions) {
    super('VIEW_NOT_LOADED', options)
  }
}

interface LoadBoundaryProps {
  readonly show: () => ReactNode
  /** Called before the view is shown again. */
  readonly onRetry: () => void
}

/** Stands in the place of a view that could not be loaded. Any other error goes on to the boundary of the window. */
export class LoadBoundary extends Component<LoadBoundaryProps, { readonly error: unknown }> {
  override state = { error: undefined }
  static getDerivedStateFromError(error: unknown) {
    return { error }
  }
  override render() {
    const error: unknown = this.state.error
    if (error === undefined) return this.props.show()
    if (!(error instanceof ViewNotLoaded)) throw error
    return (
      <ProblemNotice
        problem={{
          code: 'WINDOW_FAILED',
          message: t('ui.notLoaded.message'),
          hint: t('ui.notLoaded.hint'),
          evidence: '',
        }}
        actions={
          <Button
            variant="default"
            size="compact-xs"
            onClick={() => {
              this.props.onRetry()
              this.setState({ error: undefined })
            }}
          >
            {t('ui.notLoaded.retry')}
          </Button>
        }
      />
    )
  }
}
