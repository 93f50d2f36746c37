@echo off
rem Installs on the first call, without internet, then serves on http://127.0.0.1:8501 until Ctrl+C.
rem   start.bat [options of Streamlit, such as --server.port 8600] [-- --data FOLDER]
rem   start.bat --install-only     stops before serving
rem   set "CCN_PYTHON=C:\Path to\python.exe" before takes that Python
setlocal DisableDelayedExpansion
set "PYTHONUTF8=1"
cd /d "%~dp0" || exit /b 1

set "found="
if defined CCN_PYTHON ("%CCN_PYTHON%" install.py --usable >nul 2>nul && set found="%CCN_PYTHON%")
for %%v in (@PYTHONS_SPACED@) do if not defined found (py -%%v install.py --usable >nul 2>nul && set "found=py -%%v")
if not defined found (python install.py --usable >nul 2>nul && set "found=python")
if not defined found goto no_python

%found% install.py || exit /b 1
if "%~1"=="--install-only" exit /b 0
".venv\Scripts\python.exe" -m lib.serve %*
exit /b %errorlevel%

:no_python
echo A 64-bit Python is needed, one of: @PYTHONS@  (Can cai Python 64 bit, mot trong cac phien ban tren)
exit /b 1
