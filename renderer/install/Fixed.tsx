import type { Plane } from '../../preload/contract/planes.ts'
import { Facts } from '../ui/Panel.tsx'
import type { WizardStep } from './steps.ts'
import { nextOf } from './steps.ts'
import type { InstallStore } from './store.ts'
import { Footer, StepFrame } from './Wizard.tsx'

export interface FixedProps {
  readonly store: InstallStore
  readonly plane: Plane
  readonly step: WizardStep
}

/** The first two steps of a plane that exists: what was chosen, for reading only. */
export function Fixed({ store, plane, step }: FixedProps) {
  return (
    <StepFrame
      title={step === 'cluster' ? 'The cluster' : 'The profile'}
      intro="This was chosen when the plane was described. For another one, describe another plane."
      footer={<Footer store={store} step={step} next="Next" onNext={() => store.getState().go(nextOf(step))} />}
    >
      <Facts
        rows={
          step === 'cluster'
            ? [['Context', plane.contextName]]
            : [
                ['Profile', plane.profile],
                ['Managed', plane.managementModel],
                ['Name', plane.name],
              ]
        }
      />
    </StepFrame>
  )
}
