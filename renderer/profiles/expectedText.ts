import type { ProfileFault } from '../../preload/contract/profiles.ts'
import { t } from '../strings/t.ts'

/** What is wrong in words, or `expected a port, found "https"`; only the first part where nothing was found. */
export const expectedText = ({ expected, found, message }: ProfileFault): string =>
  message ??
  (found === '' ? t('profiles.errors.expected', { expected }) : t('profiles.errors.expectedFound', { expected, found }))
