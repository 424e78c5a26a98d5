import type { Plane } from '../../preload/contract/planes.ts'
import { t } from '../strings/t.ts'
import { Facts } from '../ui/Panel.tsx'
import { nextOf } from './steps.ts'
import type { InstallStore } from './store.ts'
import { Footer, StepFrame } from './Wizard.tsx'

export interface ReadOnlyStepProps {
  readonly store: InstallStore
  readonly plane: Plane
  readonly step: 'cluster' | 'profile'
}

/** The first two steps of an existing plane; their choices are final. */
export function ReadOnlyStep({ store, plane, step }: ReadOnlyStepProps) {
  return (
    <StepFrame
      title={t(step === 'cluster' ? 'install.cluster.title' : 'install.profile.title')}
      intro={t('install.readOnly.intro')}
      footer={
        <Footer store={store} step={step} next={t('install.next')} onNext={() => store.getState().go(nextOf(step))} />
      }
    >
      <Facts
        rows={
          step === 'cluster'
            ? [[t('install.readOnly.context'), plane.contextName]]
            : [
                [t('install.readOnly.profile'), plane.profile],
                [t('install.readOnly.managementModel'), plane.managementModel],
                [t('install.readOnly.name'), plane.name],
              ]
        }
      />
    </StepFrame>
  )
}
