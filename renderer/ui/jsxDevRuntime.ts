import * as react from 'react/jsx-dev-runtime'
import { visibleProps } from './visibleProps.ts'

/** See jsxRuntime.ts. */
export const { Fragment } = react
export const jsxDEV: typeof react.jsxDEV = (type, props, ...rest) =>
  react.jsxDEV(type, visibleProps(type, props), ...rest)
