import { helpTitles } from '../help/titles.ts'
import type { WizardStep } from '../install/steps.ts'
import { type PlanesState, planeById } from '../planes/store.ts'
import { t } from '../strings/t.ts'
import { type Place, titleOf } from './address.ts'

/** "Connectivity – orders-prod – Hangar" */
export function titleOfPlace(place: Place, planes: PlanesState): string {
  switch (place.view) {
    case 'home':
      return titleOf([])
    case 'plane': {
      const name = planeById(place.planeId)(planes)?.name
      return titleOf([place.tab === 'install' ? stepName(place.step) : undefined, t(`shell.tab.${place.tab}`), name])
    }
    case 'new-plane':
      return titleOf([stepName(place.step), t('shell.installPlane')])
    case 'connect':
      return titleOf([t('shell.connectPlane')])
    case 'check':
      return titleOf([t('shell.checkEndpoints')])
    case 'activity':
      return titleOf([t('shell.tab.activity')])
    case 'profiles':
      if (place.fromKit === true) return titleOf([t('profiles.kit.title')])
      return titleOf([place.name, place.fromFiles === true ? t('profiles.vendor.title') : t('shell.profiles')])
    case 'settings':
      return titleOf([t('shell.settings')])
    case 'help':
      return titleOf([place.page === undefined ? undefined : helpTitles.get(place.page), t('help.title')])
  }
}

const stepName = (step: WizardStep | undefined) => (step === undefined ? undefined : t(`install.step.${step}`))
