import { freeName } from '../install/planeName.ts'
import type { Session } from './session.ts'

/** Opens the wizard for a new plane of a profile; a cluster that was chosen before stays chosen. */
export function startPlane({ install, planes, route }: Session, profile: string): void {
  install.getState().enter(undefined, 'cluster')
  const { draft, updateDraft, go } = install.getState()
  const name = freeName(profile, planes.getState().planes ?? [])
  updateDraft({ profile, managementModel: undefined, settings: undefined, name })
  go(draft.contextId === undefined ? 'cluster' : 'profile')
  route.getState().go({ view: 'new-plane' })
}
