import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useStore } from 'zustand'
import type { Operation } from '../../preload/contract/operations.ts'
import type { Plane } from '../../preload/contract/planes.ts'
import { Notice } from '../ui/Notice.tsx'
import { At } from '../ui/Time.tsx'
import type { InstallStore } from './store.ts'
import classes from './Wizard.module.css'
import { Footer, StepFrame } from './Wizard.tsx'

export interface ConnectivityStepProps {
  readonly store: InstallStore
  /** The matrix itself, which is another feature's. */
  readonly children: ReactNode
}

export function ConnectivityStep({ store, children }: ConnectivityStepProps) {
  return (
    <StepFrame
      title="Connectivity"
      intro="What the plane must reach, tried from this computer. A failed row does not stop the installation, but what depends on it will not work."
      footer={<Footer store={store} step="connectivity" next="Next" onNext={() => store.getState().go('review')} />}
    >
      <div className={classes.flush}>{children}</div>
    </StepFrame>
  )
}

export interface InstallStepProps {
  readonly store: InstallStore
  readonly operation: Operation
  /** The operation's card, which is another feature's. */
  readonly children: ReactNode
}

const intros: Readonly<Record<Operation['state'], string>> = {
  running: 'You can leave this view: it goes on, and shows under Activity.',
  interrupted: 'Hangar was stopped in the middle. It has changed nothing since; Resume goes on from there.',
  failed: 'It stopped at a step that failed. What was done before it is still there.',
  cancelled: 'It was cancelled. What was done before is still there.',
  done: 'Every step is done.',
}

export function InstallStep({ store, operation, children }: InstallStepProps) {
  const { go } = store.getState()
  const { kind, state } = operation
  const done = state === 'done'
  const installing = kind === 'install'
  return (
    <StepFrame
      title={installing ? 'Install' : 'Uninstall'}
      intro={intros[state]}
      footer={
        <>
          {(state === 'failed' || state === 'cancelled' || (done && !installing)) && (
            <Button variant="default" onClick={() => go('review')}>
              Plan again
            </Button>
          )}
          <span className={classes.why} />
          {installing && done && <Button onClick={() => go('done')}>Next</Button>}
        </>
      }
    >
      {children}
    </StepFrame>
  )
}

export interface DoneStepProps {
  readonly store: InstallStore
  readonly plane: Plane
  readonly onOpen: (tab: 'workloads' | 'connectivity' | 'logs') => void
}

export function DoneStep({ store, plane, onOpen }: DoneStepProps) {
  const uninstall = useStore(store, (state) => state.setUninstalling)
  return (
    <StepFrame
      title="Installed"
      intro="The plane is on its cluster. From here on Hangar watches it."
      footer={
        <>
          <Button variant="default" onClick={() => store.getState().go('settings')}>
            Change settings
          </Button>
          <Button variant="default" onClick={() => uninstall('yes')}>
            Uninstall …
          </Button>
        </>
      }
    >
      {plane.installedAt !== undefined && (
        <Notice tone="busy" title={`${plane.name} is installed`}>
          <div>
            Finished <At at={plane.installedAt} /> on {plane.contextName}.
          </div>
        </Notice>
      )}
      <div>
        <h3 className={classes.subtitle}>Next</h3>
        <div className={classes.actions}>
          <Button onClick={() => onOpen('workloads')}>Watch the workloads</Button>
          <Button variant="default" onClick={() => onOpen('logs')}>
            Collect logs
          </Button>
          <Button variant="default" onClick={() => onOpen('connectivity')}>
            Check connectivity
          </Button>
        </div>
      </div>
    </StepFrame>
  )
}
