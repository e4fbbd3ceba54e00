import type { DoctorAnswer } from '../../shared/contracts/local-api.ts';
import { examine } from './doctor.ts';
import { type HubExaminationOptions, hubExaminations } from './hub-examination.ts';
import { type MachineExaminationOptions, machineExaminations } from './machine-examination.ts';

import { type PolicyExaminationOptions, policyExamination } from './policy-examination.ts';

/** `GET /v1/doctor`: everything is looked at anew each time. */
export function diagnose(
  options: HubExaminationOptions & PolicyExaminationOptions & MachineExaminationOptions,
): Promise<DoctorAnswer> {
  return examine([...hubExaminations(options), policyExamination(options), ...machineExaminations(options)]);
}
