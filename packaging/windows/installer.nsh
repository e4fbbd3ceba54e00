; What Mooring adds to electron-builder's installer: the options for administrators, and the command on the PATH.
!include WordFunc.nsh

!define MOORING_COMMAND "$INSTDIR\resources\cli\mooring.exe"
!define MOORING_MACHINE_ENVIRONMENT "SYSTEM\CurrentControlSet\Control\Session Manager\Environment"

; A PATH near the longest text that NSIS can hold may have been cut when it was read: writing it back would lose entries.
!define MOORING_LONGEST_PATH 7000

; What is too long for one text is cut without a word, and an option at its end with it. The rest is for the command itself.
!define /math MOORING_LONGEST_WORDS ${NSIS_MAX_STRLEN} - 700

!macro mooringEditPath ROOT KEY SIGN FUNCTION
  ClearErrors
  ReadRegStr $0 ${ROOT} "${KEY}" "Path"
  StrLen $1 $0
  ${IfNot} ${Errors}
  ${AndIf} $1 < ${MOORING_LONGEST_PATH}
    ${${FUNCTION}} "$0" ";" "${SIGN}$INSTDIR\resources\cli" $2
    ${If} $2 != ""
    ${AndIf} $2 != $0
      WriteRegExpandStr ${ROOT} "${KEY}" "Path" "$2"
      SendMessage ${HWND_BROADCAST} ${WM_SETTINGCHANGE} 0 "STR:Environment" /TIMEOUT=5000
    ${EndIf}
  ${Else}
    DetailPrint "The PATH was left alone: add $INSTDIR\resources\cli to it yourself."
  ${EndIf}
!macroend

!macro customInstall
  ; Everything given to the installer, as it was given: the command knows the options, their quoting and their faults.
  ${StdUtils.GetAllParameters} $R8 "0"
  StrLen $0 $R8
  ${If} $R8 == "too_long"
  ${OrIf} $0 > ${MOORING_LONGEST_WORDS}
    StrCpy $0 1
    StrCpy $1 "The options are longer than the ${MOORING_LONGEST_WORDS} characters that this installer can pass on. Nothing was written. Install without options, and give them to $\"mooring install$\" as administrator."
  ${Else}
    nsExec::ExecToStack '"${MOORING_COMMAND}" install --from-installer exe -- $R8'
    Pop $0
    Pop $1
  ${EndIf}
  ${If} $0 != 0
    DetailPrint "$1"
    MessageBox MB_OK|MB_ICONSTOP "$1" /SD IDOK
    SetErrorLevel 2
    Abort "$1"
  ${EndIf}
  ${If} $installMode == "all"
    File "/oname=$INSTDIR\resources\updated-by-fleet" "${PROJECT_DIR}/packaging/updated-by-fleet"
    !insertmacro mooringEditPath HKLM "${MOORING_MACHINE_ENVIRONMENT}" "+" WordAdd
  ${Else}
    !insertmacro mooringEditPath HKCU "Environment" "+" WordAdd
  ${EndIf}
!macroend

!macro customUnInstall
  ${IfNot} ${isUpdated}
    ${If} $installMode == "all"
      nsExec::ExecToStack '"${MOORING_COMMAND}" uninstall'
      Pop $0
      Pop $1
      ${If} $0 != 0
        DetailPrint "$1"
      ${EndIf}
      !insertmacro mooringEditPath HKLM "${MOORING_MACHINE_ENVIRONMENT}" "-" un.WordAdd
    ${Else}
      !insertmacro mooringEditPath HKCU "Environment" "-" un.WordAdd
    ${EndIf}
  ${EndIf}
!macroend
