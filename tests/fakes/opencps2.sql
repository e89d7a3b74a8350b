-- The tables of OpenCPS v2 that its mapping reads: columns and types as its create statements
-- have them (Liferay's LONG, DATE and BOOLEAN as MySQL has them); columns not read are left out.
CREATE TABLE opencps_dossier (
    dossierId BIGINT NOT NULL PRIMARY KEY, groupId BIGINT, createDate DATETIME(6) NULL,
    modifiedDate DATETIME(6) NULL, referenceUid VARCHAR(255) NULL, serviceCode VARCHAR(128) NULL,
    serviceName TEXT NULL, govAgencyCode VARCHAR(128) NULL, govAgencyName VARCHAR(512) NULL,
    applicantName VARCHAR(500) NULL, applicantIdType VARCHAR(128) NULL,
    applicantIdNo VARCHAR(128) NULL, contactTelNo VARCHAR(128) NULL,
    delegateName VARCHAR(512) NULL, delegateIdNo VARCHAR(128) NULL, delegateTelNo VARCHAR(128) NULL,
    dossierNo VARCHAR(255) NULL, submitDate DATETIME(6) NULL, receiveDate DATETIME(6) NULL,
    dueDate DATETIME(6) NULL, extendDate DATETIME(6) NULL, releaseDate DATETIME(6) NULL,
    finishDate DATETIME(6) NULL, cancellingDate DATETIME(6) NULL,
    correcttingDate DATETIME(6) NULL, dossierStatus VARCHAR(255) NULL,
    dossierSubStatus VARCHAR(128) NULL, password_ VARCHAR(75) NULL, online_ TINYINT NULL,
    lockState VARCHAR(200) NULL, originality INT NULL, originDossierId BIGINT NULL,
    durationUnit INT NULL, durationCount DOUBLE NULL, originDossierNo VARCHAR(255) NULL,
    groupDossierId VARCHAR(75) NULL,
    INDEX motcua_changed (modifiedDate, dossierId)
);
CREATE TABLE opencps_dossieraction (
    dossierActionId BIGINT NOT NULL PRIMARY KEY, createDate DATETIME(6) NULL, dossierId BIGINT,
    serviceProcessId BIGINT, actionCode VARCHAR(255) NULL, actionName VARCHAR(500) NULL,
    actionUser VARCHAR(255) NULL, actionNote TEXT NULL, stepCode VARCHAR(255) NULL,
    stepName VARCHAR(500) NULL, dueDate DATETIME(6) NULL,
    INDEX (dossierId)
);
CREATE TABLE opencps_processstep (
    processStepId BIGINT NOT NULL PRIMARY KEY, serviceProcessId BIGINT, stepCode VARCHAR(255) NULL,
    stepName VARCHAR(500) NULL, dossierStatus VARCHAR(255) NULL, dossierSubStatus VARCHAR(128) NULL,
    INDEX (stepCode, serviceProcessId)
);
CREATE TABLE opencps_paymentfile (
    paymentFileId BIGINT NOT NULL PRIMARY KEY, dossierId BIGINT, paymentFee VARCHAR(500) NULL,
    paymentAmount BIGINT NULL, paymentStatus INT NULL, confirmDatetime DATETIME(6) NULL,
    approveDatetime DATETIME(6) NULL,
    INDEX (dossierId)
);
