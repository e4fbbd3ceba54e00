/** Texts of the console's work on a policy beside its settings: simulation, roll-out, exports, exceptions. */
export const enPolicyWork = {} as const;
