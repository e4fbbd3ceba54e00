export type {
  Enforcement,
  EnforcementEvent,
  EnforcementInputs,
  EnforcementPaths,
  LayerInput,
  LayerOrigin,
  SignInWall,
  StoreState,
} from './model.ts';
